import type { ReadableStreamDefaultReader } from "node:stream/web";
import type { QuantitativeStop } from "../../core/stop-config.ts";
import { identifyChild } from "../../process/identity.ts";
import { terminateRun } from "../../process/terminate.ts";
import { listPending } from "../../store/loop-queue.ts";
import type { Session } from "../session.ts";

export interface StopCommandResult {
  /** -1 when a signal ended the command, it took too long, or it could not be started. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What patterns are searched in, of each stream; more is read and forgotten. */
const KEPT_BYTES = 16 * 1024 * 1024;
/** Children that the command leaves behind may hold its streams open; they are not waited for any longer. */
const STREAMS_END_WITHIN_MS = 1000;

/**
 * Runs the command in the repository with the loop's environment. Undefined when it was cut short, because the loop was
 * killed or the runner is to end.
 */
export async function runStopCommand(
  session: Session,
  { command, timeoutSeconds }: QuantitativeStop,
  repoPath: string,
): Promise<StopCommandResult | undefined> {
  let child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  try {
    child = startInRepo(session, command, repoPath, "pipe");
  } catch (thrown) {
    return { exitCode: -1, stdout: "", stderr: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  const stdout = new KeptStream(child.stdout);
  const stderr = new KeptStream(child.stderr);
  const ended = await untilEnded(session, child, timeoutSeconds);
  if (ended === undefined) return undefined;
  await Promise.all([stdout.ended(STREAMS_END_WITHIN_MS), stderr.ended(STREAMS_END_WITHIN_MS)]);
  return { exitCode: ended.exitCode, stdout: stdout.text, stderr: stderr.text };
}

/**
 * Starts a shell command in a repository with the loop's environment, in a group of its own, so that its children can be
 * ended with it. Throws what starting it throws.
 */
export const startInRepo = <Out extends "pipe" | number>(
  { deps, loopId }: Pick<Session, "deps" | "loopId">,
  command: string,
  repoPath: string,
  output: Out,
): Bun.Subprocess<"ignore", Out, Out> =>
  Bun.spawn(["bash", "-lc", command], {
    cwd: repoPath,
    env: deps.environmentOf(loopId),
    detached: true,
    stdio: ["ignore", output, output],
  });

/**
 * Waits for the end of a command; exit code -1 when a signal ended it, as after too long a time (0: it may take any).
 * Undefined when it was cut short, because the loop was killed or the runner is to end.
 */
export async function untilEnded(
  session: Session,
  child: Pick<Bun.Subprocess, "pid" | "exited" | "exitCode">,
  timeoutSeconds: number,
): Promise<{ exitCode: number } | undefined> {
  const leader = identifyChild(child.pid);
  let ended: Promise<boolean> | undefined;
  const end = () => {
    ended ??= terminateRun({ leader });
  };
  let wasCut = false;
  const look = () => {
    wasCut ||= mustEnd(session);
    if (wasCut) end();
  };
  using _control = session.control.subscribe(look);
  using _queue = session.deps.wakeUps.subscribe(session.loopId, look);
  // What was asked for before is not called out again.
  look();
  const timer = timeoutSeconds > 0 ? setTimeout(end, timeoutSeconds * 1000) : undefined;
  await child.exited;
  clearTimeout(timer);
  await ended;
  return wasCut ? undefined : { exitCode: child.exitCode ?? -1 };
}

const mustEnd = ({ control, deps, loopId }: Session): boolean =>
  control.endsRun ||
  control.request === "hand over" ||
  listPending(deps.db, loopId).some(({ type }) => type === "kill_now");

/** The beginning of what comes through a stream. */
class KeptStream {
  readonly #chunks: Uint8Array[] = [];
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #read: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.#read = this.#readAll();
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  /** Resolves at the end of the stream, or gives it up after so long. */
  async ended(withinMs: number): Promise<void> {
    const timer = setTimeout(() => void this.#reader.cancel(), withinMs);
    await this.#read;
    clearTimeout(timer);
  }

  async #readAll(): Promise<void> {
    let kept = 0;
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      if (kept < KEPT_BYTES) this.#chunks.push(value);
      kept += value.length;
    }
  }
}
