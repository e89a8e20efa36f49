import { existsSync } from "node:fs";
import { join } from "node:path";
import agents from "../../scripts/agents.json" with { type: "json" };
import { projectRoot } from "./forge.ts";

export type AgentName = keyof typeof agents;

/** How `scripts/agents.json` names what starts an agent, below its `node_modules`. */
interface StartedBy {
  /** A program of the system; `{platform}` is as in `linux-x64`. */
  readonly program?: string;
  /** A script of node. */
  readonly script?: string;
}

/** The command that starts an installed agent CLI; undefined when `scripts/install-agents.mjs` has not brought it. */
export function agentCommand(name: AgentName): string | undefined {
  const { program, script }: StartedBy = agents[name];
  const file = program?.replace("{platform}", `${process.platform}-${process.arch}`) ?? script ?? "";
  const path = join(projectRoot, `.cache/agents/${name}-${agents[name].version}/node_modules`, file);
  if (!existsSync(path)) return undefined;
  if (program !== undefined) return path;
  const node = Bun.which("node");
  // By its full path: the login shell in which harnesses run has a PATH of its own.
  return node === null ? undefined : `${node} ${path}`;
}
