import type { Config } from "../config/config.ts";
import { readStoredContext } from "../config/context-file.ts";
import type { Output } from "../console/output.ts";
import type { Agent } from "../core/agent.ts";
import { ForgeError, invalid } from "../core/errors.ts";
import { findAgent, idLabel, workspaceAt } from "../core/place-reference.ts";
import type { Workspace } from "../core/workspace.ts";
import type { World } from "../core/world.ts";
import { listAgents } from "../store/agents.ts";
import type { Db } from "../store/database.ts";
import { listWorkspaces } from "../store/workspaces.ts";

interface Caller {
  readonly config: Config;
  readonly world: World;
  readonly out: Output;
}

/** The workspace that the working directory lies in, else the stored one (spec/30 section 17). */
export function currentWorkspace({ config, world }: Caller, db: Db): Workspace | undefined {
  const workspaces = listWorkspaces(db);
  if (workspaces.length === 0) return undefined;
  const stored = () => readStoredContext(config).workspaceId;
  return workspaceAt(workspaces, world.cwd) ?? workspaces.find(({ id }) => id === stored());
}

/** An agent with the label by which people tell it from the others. */
export interface LabelledAgent {
  readonly agent: Agent;
  readonly label: string;
}

/**
 * The agent that is meant: the one named, else the stored one, else the only one of the workspace (spec/30 sections 17
 * and 19). Throws `agent not found: <reference>` and why none can be meant.
 */
export function currentAgent(caller: Caller, db: Db, reference: string | undefined): LabelledAgent {
  const agents = listAgents(db);
  const labelled = (agent: Agent): LabelledAgent => ({
    agent,
    label: idLabel(
      agent.id,
      agents.map(({ id }) => id),
    ),
  });
  if (reference) return labelled(findAgent(agents, reference));
  const { agentId } = readStoredContext(caller.config);
  const stored = agents.find(({ id }) => id === agentId);
  if (stored) return labelled(stored);
  return labelled(onlyAgent(currentWorkspace(caller, db), agents, labelled));
}

function onlyAgent(
  workspace: Workspace | undefined,
  agents: readonly Agent[],
  labelled: (agent: Agent) => LabelledAgent,
): Agent {
  if (!workspace)
    throw invalid(
      "agent required: provide agent ID as argument, set context with 'forge use --agent <agent>', or run from a workspace directory",
    );
  const own = agents.filter(({ workspaceId }) => workspaceId === workspace.id);
  const [agent] = own;
  if (!agent)
    throw new ForgeError(
      "unknown",
      "no agents in workspace; spawn one with 'forge up' or 'forge agent spawn'",
    );
  if (own.length > 1) {
    const labels = own.map((some) => labelled(some).label).join(", ");
    throw new ForgeError("unknown", `workspace has ${own.length} agents; specify one: ${labels}`);
  }
  return agent;
}
