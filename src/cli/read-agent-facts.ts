import { readStoredContext } from "../config/context-file.ts";
import type { Agent } from "../core/agent.ts";
import { ForgeError } from "../core/errors.ts";
import type { AgentFacts } from "../core/explain-agent.ts";
import { findAgent, idLabel } from "../core/place-reference.ts";
import { findAgentAccount } from "../store/agent-accounts.ts";
import { countAgentItems } from "../store/agent-queue.ts";
import { listAgents } from "../store/agents.ts";
import type { Db } from "../store/database.ts";
import {
  AS_PANE_STATE,
  lastSendToIdle,
  listPersistentAgents,
  type PersistentAgent,
  recentFailures,
} from "../store/persistent-agents.ts";
import { currentWorkspace } from "./current-place.ts";
import type { Invocation } from "./invocation.ts";
import { agentNotFound } from "./send-target.ts";

type Caller = Pick<Invocation, "config" | "world" | "out">;

/** Failures that are older say nothing about now. */
const RECENT_MS = 3_600_000;

/** The agent of the context, else the first one of the workspace; undefined when there is neither. */
export function agentOfContext(caller: Caller, db: Db): string | undefined {
  const stored = readStoredContext(caller.config).agentId;
  if (stored !== "") return stored;
  const workspace = currentWorkspace(caller, db);
  return workspace && listAgents(db).find(({ workspaceId }) => workspaceId === workspace.id)?.id;
}

/** What is known of the agent of an id or the start of one, in a pane or persistent. Throws `agent '<reference>' not found`. */
export function readAgentFacts(caller: Caller, db: Db, reference: string): AgentFacts {
  const [panes, persistent] = [listAgents(db), listPersistentAgents(db)];
  const ids = [...new Set([...panes, ...persistent].map(({ id }) => id as string))]; // ids of either kind
  const { id } = found(ids, reference);
  const label = idLabel(id, ids);
  const now = caller.world.now();
  const pane = panes.find((agent) => agent.id === id);
  const kept = persistent.find((agent) => agent.id === id);
  return {
    ...{ id, label, now },
    ...(pane ? paneFacts(pane) : keptFacts(kept)),
    items: countAgentItems(db, id),
    account: findAgentAccount(db, pane?.accountId),
    persistent: kept,
    failures: recentFailures(db, id, now - RECENT_MS),
    lastSendToIdleMs: lastSendToIdle(db, id),
  };
}

function found(ids: readonly string[], reference: string): { id: string } {
  try {
    // Either kind of id is the id of an agent.
    return findAgent(
      ids.map((id) => ({ id: id as Agent["id"] })),
      reference,
    );
  } catch (thrown) {
    if (!(thrown instanceof ForgeError) || thrown.kind !== "not_found") throw thrown;
    throw agentNotFound(reference, thrown);
  }
}

const paneFacts = (agent: Agent) => ({
  type: agent.type,
  state: agent.state,
  reason: agent.stateReason,
  confidence: agent.stateConfidence,
  pausedUntil: agent.pausedUntil,
  lastActivity: agent.lastActivity,
});

const keptFacts = (agent: PersistentAgent | undefined) => ({
  type: agent?.harness ?? "",
  state: AS_PANE_STATE[agent?.state ?? "unspecified"],
  reason: "",
  confidence: "",
  pausedUntil: undefined,
  lastActivity: agent?.lastActivity,
});
