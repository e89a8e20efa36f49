import { type Check, checksOf } from "../../core/doctor-report.ts";
import type { World } from "../../core/world.ts";
import { isInPath, versionLine } from "./programs.ts";

const { pass, warn, fail } = checksOf("dependencies");

const OLDEST_TMUX = 3;

/** The programs that Forge uses. */
export const dependencyChecks = (world: World): Promise<Check[]> =>
  Promise.all([
    tmux(world),
    needed("git", ["git", "--version"], world),
    needed("ssh", ["ssh", "-V"], world),
    opencode(world),
  ]);

async function tmux(world: World): Promise<Check> {
  if (!isInPath("tmux", world)) return warn("tmux", "not found in PATH");
  const version = (await versionLine(["tmux", "-V"], world))?.replace(/^tmux\s+/, "") ?? "version unknown";
  // `next-3.4` and `3.2a` are versions too.
  const [, major] = /(\d+)\.\d+/.exec(version) ?? [];
  if (major !== undefined && Number(major) < OLDEST_TMUX)
    return warn("tmux", `version ${version} (3.0+ recommended)`);
  return pass("tmux", version);
}

async function needed(name: string, command: readonly string[], world: World): Promise<Check> {
  if (!isInPath(name, world)) return fail(name, "not found in PATH");
  return pass(name, (await versionLine(command, world)) ?? "version unknown");
}

/** Only one of several harnesses: without it others may do. */
async function opencode(world: World): Promise<Check> {
  if (!isInPath("opencode", world)) return warn("opencode", "not found in PATH");
  return pass("opencode", (await versionLine(["opencode", "--version"], world)) ?? "version unknown");
}
