import { invalid, toForgeError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import { agentName } from "../rules/names.ts";

/** Who is writing: `FMAIL_AGENT`, else `anon-<pid>` (spec/50 section 2.3). Throws `resolve agent name: invalid agent name`. */
export function identity({ env }: Pick<World, "env">): string {
  const named = env.FMAIL_AGENT?.trim();
  if (!named) return `anon-${process.pid}`;
  try {
    return agentName(named);
  } catch (thrown) {
    throw invalid(`resolve agent name: ${toForgeError(thrown).message}`);
  }
}
