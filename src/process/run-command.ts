import type { Milliseconds } from "../core/duration.ts";
import type { Environment } from "./environment.ts";
import { identifyChild } from "./identity.ts";
import { terminateRun } from "./terminate.ts";

export interface ShellCommand {
  /** For `sh -c`. */
  readonly command: string;
  readonly env: Environment;
  /** Its standard input. */
  readonly input: string;
  /** 0: none. */
  readonly timeout: Milliseconds;
  /** Ends it as the time limit does. */
  readonly signal: AbortSignal;
  /** Gets what it prints, of both streams. */
  readonly onOutput?: ((bytes: Uint8Array) => void) | undefined;
}

export interface CommandEnd {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly timedOut: boolean;
  /** The end of what it has printed. */
  readonly output: string;
}

/** What is kept of the output. */
const KEPT_BYTES = 2048;
/** Children that the command leaves behind may hold its streams open; they are not waited for any longer. */
const STREAMS_END_WITHIN_MS: Milliseconds = 200;

/**
 * Runs a command in a session of its own and ends all of it when its time is over. Throws what keeps it from starting.
 */
export async function runCommand(shell: ShellCommand): Promise<CommandEnd> {
  const child = Bun.spawn(["sh", "-c", shell.command], {
    env: shell.env,
    detached: true,
    stdio: [Buffer.from(shell.input), "pipe", "pipe"],
  });
  const leader = identifyChild(child.pid);
  let ending: Promise<boolean> | undefined;
  let timedOut = false;
  const end = () => {
    ending ??= terminateRun({ leader });
  };
  const endLate = () => {
    timedOut = true;
    end();
  };
  const timer = shell.timeout > 0 ? setTimeout(endLate, shell.timeout) : undefined;
  shell.signal.addEventListener("abort", end);
  const output = new OutputTail(shell.onOutput);
  const streams = Promise.all([output.take(child.stdout), output.take(child.stderr)]);
  await child.exited;
  clearTimeout(timer);
  shell.signal.removeEventListener("abort", end);
  await ending;
  await Promise.race([streams, Bun.sleep(STREAMS_END_WITHIN_MS)]);
  return { exitCode: child.exitCode ?? undefined, timedOut, output: output.text };
}

/** The last bytes of two streams, in the order in which they came. */
class OutputTail {
  readonly #onOutput: ShellCommand["onOutput"];
  #kept = Buffer.alloc(0);

  constructor(onOutput: ShellCommand["onOutput"]) {
    this.#onOutput = onOutput;
  }

  get text(): string {
    return this.#kept.toString();
  }

  async take(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const bytes of stream) {
      this.#onOutput?.(bytes);
      this.#kept = Buffer.concat([this.#kept, bytes.subarray(-KEPT_BYTES)]).subarray(-KEPT_BYTES);
    }
  }
}
