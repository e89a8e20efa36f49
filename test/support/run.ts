import { constants } from "node:os";

export interface Result {
  /** The exit code; 128 + the number of the signal when one ended it, as shells show it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Given whole, then closed. Nothing: `/dev/null`. */
  readonly stdin?: string | undefined;
  /** After this the process is killed (code 137). 30 s when not given. */
  readonly timeoutMs?: number | undefined;
}

/** Runs a program to its end and returns what it printed. */
export async function run(command: readonly string[], options: RunOptions): Promise<Result> {
  const child = Bun.spawn([...command], {
    cwd: options.cwd,
    env: { ...options.env },
    stdin: options.stdin === undefined ? "ignore" : Buffer.from(options.stdin),
    stdout: "pipe",
    stderr: "pipe",
    timeout: options.timeoutMs ?? 30_000,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code: exitCode(child), stdout, stderr };
}

export function exitCode(child: Bun.Subprocess): number {
  if (child.exitCode !== null) return child.exitCode;
  const signal = child.signalCode;
  if (signal === null) throw new Error("the process still runs");
  return 128 + (typeof signal === "number" ? signal : constants.signals[signal]);
}
