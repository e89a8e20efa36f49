import { readStoredContext } from "../config/context-file.ts";
import type { Agent } from "../core/agent.ts";
import {
  AGENT_CONDITION_WORDS,
  type AgentProgress,
  agentObstacle,
  isWorkspaceCondition,
} from "../core/agent-condition.ts";
import { type ForgeError, invalid, notFound } from "../core/errors.ts";
import { invalidCondition } from "../core/loop-condition.ts";
import { findAgent, findWorkspace } from "../core/place-reference.ts";
import { findAgentAccount } from "../store/agent-accounts.ts";
import { listAgents } from "../store/agents.ts";
import { type Db, dataVersion } from "../store/database.ts";
import { listWorkspaces } from "../store/workspaces.ts";
import { currentWorkspace } from "./current-place.ts";
import { nextChange } from "./database-changes.ts";
import { existing } from "./existing.ts";
import type { Invocation } from "./invocation.ts";
import type { waitFlags } from "./registry/verbs.ts";
import { openStore } from "./store-access.ts";
import type { WaitReport } from "./wait-report.ts";

type WaitInvocation = Invocation<typeof waitFlags>;

const HINT = "To wait for loops: forge wait --loop <name> --until stopped";

/** Throws `invalid condition '<word>'; ...` for one that agents do not have. */
export function checkAgentCondition({ flags }: WaitInvocation): void {
  if (!AGENT_CONDITION_WORDS.includes(flags.until))
    throw invalidCondition(flags.until, AGENT_CONDITION_WORDS, HINT);
}

/**
 * Waits until an agent, or the agents of a workspace, fulfil the condition (spec/20 section 19). Throws
 * `--agent is required for condition ...`; one that is not there is exit code 2.
 */
export async function waitForAgents(invocation: WaitInvocation, makeReport: () => WaitReport): Promise<void> {
  const { flags, world } = invocation;
  const { until, timeout, "poll-interval": pollInterval } = flags;
  const db = openStore(invocation, "read");
  const agentsNow = isWorkspaceCondition(until) ? workspaceAgents(invocation, db) : oneAgent(invocation, db);
  agentsNow();
  const report = makeReport();
  const deadline = performance.now() + timeout;
  for (;;) {
    const version = dataVersion(db);
    const agents = report.checking(agentsNow);
    const obstacle = agentObstacle(
      until,
      agents.map((agent) => progressOf(db, agent)),
      world.now(),
    );
    if (obstacle === undefined) return report.met();
    report.status(obstacle);
    const left = deadline - performance.now();
    if (left <= 0) report.timeout(timeout);
    await nextChange(db, version, Math.min(left, pollInterval));
  }
}

/** The agent as it is at each call. */
function oneAgent({ config, flags }: WaitInvocation, db: Db): () => Agent[] {
  const reference = flags.agent?.trim() || readStoredContext(config).agentId;
  if (reference === "") throw required("agent", flags.until);
  const { id } = existing(() => findAgent(listAgents(db), reference));
  return () => {
    const agent = listAgents(db).find((other) => other.id === id);
    if (!agent) throw notFound(`agent not found: ${id}`, { exit: 2 });
    return [agent];
  };
}

/** The agents of the workspace as they are at each call. */
function workspaceAgents(invocation: WaitInvocation, db: Db): () => Agent[] {
  const { flags } = invocation;
  const reference = flags.workspace?.trim();
  const workspace = reference
    ? existing(() => findWorkspace(listWorkspaces(db), reference))
    : currentWorkspace(invocation, db);
  if (!workspace) throw required("workspace", flags.until);
  return () => {
    if (!listWorkspaces(db).some(({ id }) => id === workspace.id))
      throw notFound(`workspace not found: ${workspace.id}`, { exit: 2 });
    return listAgents(db).filter(({ workspaceId }) => workspaceId === workspace.id);
  };
}

const required = (what: "agent" | "workspace", condition: string): ForgeError =>
  invalid(`--${what} is required for condition '${condition}' (no context set)`, { hint: HINT });

const progressOf = (db: Db, { state, queueLength, accountId }: Agent): AgentProgress => ({
  state,
  pending: queueLength,
  cooldownUntil: findAgentAccount(db, accountId)?.cooldownUntil,
});
