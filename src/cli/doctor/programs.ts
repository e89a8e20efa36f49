import type { World } from "../../core/world.ts";

/** A program that hangs must not hang the doctor. */
const TIMEOUT_MS = 5000;

/** Whether a program is in the PATH of the caller. */
export const isInPath = (program: string, { env }: World): boolean =>
  Bun.which(program, { PATH: env.PATH ?? "" }) !== null;

/** The first line that a program prints about its version; undefined when it is not there or says nothing. */
export async function versionLine(command: readonly string[], world: World): Promise<string | undefined> {
  const [program = "", ...words] = command;
  const path = Bun.which(program, { PATH: world.env.PATH ?? "" });
  if (path === null) return undefined;
  try {
    const child = Bun.spawn([path, ...words], {
      env: { ...world.env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    // `ssh -V` answers on standard error.
    const [out, error] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    const line = (out.trim() || error.trim()).split("\n")[0]?.trim();
    return line || undefined;
  } catch {
    return undefined;
  }
}
