import { closeSync, openSync, statSync } from "node:fs";
import type { Environment } from "./environment.ts";
import { type ExitStatus, signalWord } from "./exit-status.ts";
import { identifyChild, type ProcessIdentity } from "./identity.ts";
import type { RunFolder } from "./run-folder.ts";

/**
 * Runs a command under `bash -l` and writes the status that it ended with. The wrapper's own standard error is the null
 * device: a shell reports there that its child was killed, which is no output of the harness (spec/10 section 13).
 */
const WRAPPER = `trap : HUP INT TERM; exec 3>&2 2>/dev/null
(exec bash -lc "$2" 2>&3 3>&-); s=$?
printf '%s\\n' "$s" > "$1/exit"; exit "$s"`;

export interface WrappedCommand {
  readonly command: string;
  readonly cwd: string;
  readonly env: Environment;
  readonly folder: RunFolder;
  /** Whether standard input is the prompt file; else it is the null device. */
  readonly readsPrompt: boolean;
}

/** A wrapper that this process has started. */
export interface StartedRun {
  readonly identity: ProcessIdentity;
  /** Settles when the wrapper is gone. */
  readonly gone: Promise<ExitStatus>;
}

/**
 * Starts a command in a session and process group of its own, so that it outlives this process; its output goes straight
 * to a file. Throws an Error whose message tells why it could not be started.
 */
export function startWrapped({ command, cwd, env, folder, readsPrompt }: WrappedCommand): StartedRun {
  checkFolder(cwd);
  checkNul(command, env);
  const output = openSync(folder.output, "a", 0o600);
  const input = readsPrompt ? openSync(folder.prompt, "r") : undefined;
  try {
    const child = Bun.spawn(["/bin/sh", "-c", WRAPPER, "forge-run", folder.path, command], {
      cwd,
      env,
      detached: true,
      stdio: [input ?? "ignore", output, output],
    });
    child.unref();
    return {
      identity: identifyChild(child.pid),
      gone: child.exited.then(() => exitStatusOf(child)),
    };
  } catch (thrown) {
    throw startError(thrown);
  } finally {
    closeSync(output);
    if (input !== undefined) closeSync(input);
  }
}

const exitStatusOf = ({ signalCode, exitCode }: Bun.Subprocess): ExitStatus =>
  signalCode === null ? { code: exitCode ?? 0 } : { signal: signalWord(String(signalCode)) };

/** A missing working directory would be reported as a missing program. */
function checkFolder(cwd: string): void {
  const found = statSync(cwd, { throwIfNoEntry: false });
  if (found === undefined) throw new Error(`chdir ${cwd}: no such file or directory`);
  if (!found.isDirectory()) throw new Error(`chdir ${cwd}: not a directory`);
}

function checkNul(command: string, env: Environment): void {
  if (command.includes("\0")) throw new Error("the command contains a NUL byte");
  for (const [name, value] of Object.entries(env)) {
    if (name.includes("\0") || value.includes("\0"))
      throw new Error(`the environment variable ${name.replaceAll("\0", "?")} contains a NUL byte`);
  }
}

function startError(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  if ("code" in thrown && thrown.code === "E2BIG")
    return new Error("argument list too long: the environment and the command do not fit", { cause: thrown });
  return thrown;
}
