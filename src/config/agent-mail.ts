import { isBlank } from "../core/validation.ts";
import type { World } from "../core/world.ts";
import { gitRoot } from "./project-root.ts";

type Setting = "URL" | "PROJECT" | "AGENT" | "TIMEOUT" | "LIMIT";

/** `FORGE_AGENT_MAIL_<setting>`, or its older name; undefined when blank. */
export function agentMailSetting(env: World["env"], setting: Setting): string | undefined {
  const values = [env[`FORGE_AGENT_MAIL_${setting}`], env[`SWARM_AGENT_MAIL_${setting}`]];
  return values.find((value) => !isBlank(value))?.trim();
}

/** The project to which locks taken in a folder belong (spec/30 section 10). */
export const lockProject = (env: World["env"], folder: string): string =>
  agentMailSetting(env, "PROJECT") ?? gitRoot(folder) ?? folder;
