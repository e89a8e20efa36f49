import { ForgeError, invalid } from "../core/errors.ts";
import { findAgent, idLabel } from "../core/place-reference.ts";
import { listAgents } from "../store/agents.ts";
import type { Db } from "../store/database.ts";
import { currentAgent, currentWorkspace, type LabelledAgent } from "./current-place.ts";
import type { Invocation } from "./invocation.ts";

type Caller = Pick<Invocation, "config" | "world" | "out">;

export interface SendTarget {
  readonly agents: readonly LabelledAgent[];
  /** The words that are left for the message. */
  readonly words: readonly string[];
}

/**
 * To whom a message goes: the agent that the first word names, and then the rest is the message; else the one of the
 * context or the only one (spec/30 section 19). Throws `first argument '<w>' is not a valid agent and no context set: ...`.
 */
export function sendTarget(caller: Caller, db: Db, words: readonly string[]): SendTarget {
  const [first] = words;
  if (first === undefined) return { agents: [currentAgent(caller, db, undefined)], words };
  const named = namedAgent(caller, db, first);
  if (named) return { agents: [named], words: words.slice(1) };
  try {
    return { agents: [currentAgent(caller, db, undefined)], words };
  } catch (thrown) {
    if (!(thrown instanceof ForgeError)) throw thrown;
    const { kind, message } = thrown;
    throw new ForgeError(
      kind === "unknown" ? "invalid" : kind,
      `first argument '${first}' is not a valid agent and no context set: ${message}`,
    );
  }
}

function namedAgent(caller: Caller, db: Db, word: string): LabelledAgent | undefined {
  try {
    return currentAgent(caller, db, word);
  } catch (thrown) {
    // A word of the message may be the start of several ids.
    if (thrown instanceof ForgeError && (thrown.kind === "not_found" || thrown.kind === "ambiguous"))
      return undefined;
    throw thrown;
  }
}

/** Every agent of the workspace. Throws `no agents in workspace`. */
export function agentsOfWorkspace(caller: Caller, db: Db): LabelledAgent[] {
  const workspace = currentWorkspace(caller, db);
  if (!workspace)
    throw invalid(
      "workspace required: set context with 'forge use --workspace <workspace>', or run from a workspace directory",
    );
  const all = listAgents(db);
  const own = all.filter(({ workspaceId }) => workspaceId === workspace.id);
  if (own.length === 0) throw new ForgeError("unknown", "no agents in workspace");
  const ids = all.map(({ id }) => id);
  return own.map((agent) => ({ agent, label: idLabel(agent.id, ids) }));
}

/** The agent of an id or the start of one. Throws `agent '<reference>' not found`. */
export function namedOnly(db: Db, reference: string): LabelledAgent {
  const all = listAgents(db);
  try {
    const agent = findAgent(all, reference);
    return {
      agent,
      label: idLabel(
        agent.id,
        all.map(({ id }) => id),
      ),
    };
  } catch (thrown) {
    if (!(thrown instanceof ForgeError) || thrown.kind !== "not_found") throw thrown;
    throw agentNotFound(reference, thrown);
  }
}

/** For an agent that a command names. */
export const agentNotFound = (reference: string, cause: unknown): ForgeError =>
  new ForgeError("not_found", `agent '${reference}' not found`, {
    hint: "Run `forge agent list` to see valid IDs.",
    details: { id: reference, resource: "agent" },
    cause,
  });
