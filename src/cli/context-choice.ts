import { NO_CONTEXT, readStoredContext, type StoredContext } from "../config/context-file.ts";
import { printable } from "../console/printable.ts";
import type { Agent } from "../core/agent.ts";
import { ForgeError, notFound } from "../core/errors.ts";
import { findAgent, findWorkspace, idLabel } from "../core/place-reference.ts";
import type { Workspace } from "../core/workspace.ts";
import { listAgents } from "../store/agents.ts";
import { listWorkspaces } from "../store/workspaces.ts";
import type { Invocation } from "./invocation.ts";
import { openStore } from "./store-access.ts";

/** A context that was asked for, and what is said about it. */
export interface Choice {
  readonly context: StoredContext;
  readonly text: string;
}

/** The workspaces and agents of the database, and what choosing one of them means. */
export class Places {
  readonly #workspaces: readonly Workspace[];
  readonly #agents: readonly Agent[];
  readonly #now: number;
  /** The workspace that is set now. */
  readonly stored: Workspace | undefined;

  constructor(invocation: Pick<Invocation, "config" | "world" | "out">) {
    const db = openStore(invocation, "read");
    this.#workspaces = listWorkspaces(db);
    this.#agents = listAgents(db);
    this.#now = invocation.world.now();
    const { workspaceId } = readStoredContext(invocation.config);
    this.stored = this.#workspaces.find(({ id }) => id === workspaceId);
  }

  findWorkspace(reference: string): Workspace {
    return findWorkspace(this.#workspaces, reference);
  }

  /** Inside a workspace, if there is one. */
  findAgent(reference: string, workspace: Workspace | undefined): Agent {
    if (!workspace) return findAgent(this.#agents, reference);
    const own = this.#agents.filter(({ workspaceId }) => workspaceId === workspace.id);
    const isElsewhere = this.#agents.some(({ id }) => reference !== "" && id.startsWith(reference));
    if (isElsewhere && !own.some(({ id }) => id.startsWith(reference)))
      throw new ForgeError("unknown", `agent ${reference} does not belong to workspace ${workspace.name}`);
    return findAgent(own, reference);
  }

  workspace({ id, name }: Workspace): Choice {
    const label = idLabel(
      id,
      this.#workspaces.map((other) => other.id),
    );
    return {
      context: { ...NO_CONTEXT, workspaceId: id, workspaceName: name, updatedAt: this.#now },
      text: `Workspace set to: ${printable(name)} (${label})`,
    };
  }

  agent(agent: Agent): Choice {
    return { context: this.#withAgent(agent), text: `Agent set to: ${this.#label(agent)}` };
  }

  both(workspace: string, agent: string): Choice {
    const found = resolving(`workspace '${workspace}'`, () => this.findWorkspace(workspace));
    const inside = resolving(`agent '${agent}'`, () => this.findAgent(agent, found));
    return {
      context: this.#withAgent(inside),
      text: `Context set to: ${printable(found.name)}:${this.#label(inside)}`,
    };
  }

  /** `workspace:agent`, else one of them. */
  target(target: string): Choice {
    const colon = target.indexOf(":");
    if (colon >= 0) return this.both(target.slice(0, colon), target.slice(colon + 1));
    const workspace = ifFound(() => this.findWorkspace(target));
    if (workspace) return this.workspace(workspace);
    const agent = ifFound(() => this.findAgent(target, this.stored));
    if (agent) return this.agent(agent);
    throw new ForgeError("unknown", `'${target}' is not a valid workspace or agent`);
  }

  #withAgent(agent: Agent): StoredContext {
    const workspace = this.#workspaces.find(({ id }) => id === agent.workspaceId);
    return {
      workspaceId: agent.workspaceId,
      workspaceName: workspace?.name ?? "",
      agentId: agent.id,
      agentName: this.#label(agent),
      updatedAt: this.#now,
    };
  }

  #label = (agent: Agent): string =>
    idLabel(
      agent.id,
      this.#agents.map(({ id }) => id),
    );
}

/** Throws what `find` throws, behind `failed to resolve <what>: `. */
export function resolving<Found>(what: string, find: () => Found): Found {
  try {
    return find();
  } catch (thrown) {
    if (!(thrown instanceof ForgeError)) throw thrown;
    const message = `failed to resolve ${what}: ${thrown.message}`;
    throw thrown.kind === "not_found" ? notFound(message) : new ForgeError(thrown.kind, message);
  }
}

function ifFound<Found>(find: () => Found): Found | undefined {
  try {
    return find();
  } catch (thrown) {
    if (thrown instanceof ForgeError && thrown.kind !== "ambiguous") return undefined;
    throw thrown;
  }
}
