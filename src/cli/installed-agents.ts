import { HARNESS_PROGRAMS, harnessOfCommand } from "../core/alias-profile.ts";
import type { Harness } from "../core/profile.ts";
import type { World } from "../core/world.ts";

/** The agent CLIs on the PATH, as the harnesses that they are. */
export const installedAgents = ({ env }: World): Harness[] =>
  HARNESS_PROGRAMS.flatMap((programs) => {
    const found = programs.find((program) => Bun.which(program, { PATH: env.PATH ?? "" }) !== null);
    const harness = found === undefined ? undefined : harnessOfCommand(found);
    return harness === undefined ? [] : [harness];
  });

/** What helps where none is installed. */
export const GET_AN_AGENT =
  "Install an agent CLI, or: forge profile add generic --name my-agent --command '<command>'";
