import { existsSync } from "node:fs";
import { join } from "node:path";
import agents from "../../scripts/agents.json" with { type: "json" };
import { projectRoot } from "./forge.ts";

export type AgentName = keyof typeof agents;

/** The command that starts an installed agent CLI; undefined when `scripts/install-agents.mjs` has not brought it. */
export function agentCommand(name: AgentName): string | undefined {
  const executable = join(
    projectRoot,
    `.cache/agents/${name}-${agents[name].version}/node_modules/.bin/${name}`,
  );
  const node = Bun.which("node");
  // By its full path: the login shell in which harnesses run has a PATH of its own.
  return existsSync(executable) && node !== null ? `${node} ${executable}` : undefined;
}
