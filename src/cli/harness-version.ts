import { HARNESS_PROGRAMS, harnessOfCommand } from "../core/alias-profile.ts";
import type { World } from "../core/world.ts";
import { sendSignal } from "../process/send-signal.ts";

/** How long a program may take to tell its version. */
const TIMEOUT_MS = 3000;

/** The first line of `<binary> --version`; undefined when it does not tell within 3 s. */
export async function harnessVersion(binary: string, env: World["env"]): Promise<string | undefined> {
  try {
    const child = Bun.spawn([binary, "--version"], {
      env,
      stdio: ["ignore", "pipe", "ignore"],
      // Leads a group of its own: what it has started keeps the pipe open too.
      detached: true,
    });
    const timer = setTimeout(() => sendSignal(-child.pid, "SIGKILL"), TIMEOUT_MS);
    const output = await child.stdout.text();
    clearTimeout(timer);
    const [line = ""] = output.trim().split("\n", 1);
    return (await child.exited) === 0 && line !== "" ? line : undefined;
  } catch {
    return undefined;
  }
}

/** Where the program of a harness, by its word, is on the PATH; undefined when it is not. */
export function harnessBinary(harness: string, { env }: World): string | undefined {
  const programs = HARNESS_PROGRAMS.find(([usual = ""]) => harnessOfCommand(usual) === harness) ?? [];
  for (const program of programs) {
    const path = Bun.which(program, { PATH: env.PATH ?? "" });
    if (path !== null) return path;
  }
  return undefined;
}
