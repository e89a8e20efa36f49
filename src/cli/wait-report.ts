import type { Output } from "../console/output.ts";
import { printable } from "../console/printable.ts";
import { ExitCode } from "../console/program.ts";
import { formatDuration, type Milliseconds } from "../core/duration.ts";
import { notFound } from "../core/errors.ts";
import type { NamedLoopProgress } from "../store/loop-progress.ts";

export interface WaitReportOptions {
  readonly out: Output;
  /** As it was typed. */
  readonly condition: string;
  readonly quiet: boolean;
  /** Time since the waiting began. */
  readonly elapsed: () => Milliseconds;
}

/** Tells how a wait goes on and how it ends (spec/20 section 19). */
export class WaitReport {
  readonly #options: WaitReportOptions;
  #shown = "";

  constructor(options: WaitReportOptions) {
    this.#options = options;
    this.#line(`Waiting for condition '${printable(options.condition)}'...`);
  }

  /** Tells the states where they have changed. */
  progress(loops: readonly NamedLoopProgress[]): void {
    const words = loops.map(({ name, state }) => `${printable(name)}: ${state}`).join(", ");
    if (words === this.#shown) return;
    this.#shown = words;
    this.#line(`  ${words} (elapsed: ${this.#elapsed()})`);
  }

  met(loops: readonly NamedLoopProgress[]): void {
    const { condition } = this.#options;
    this.#end(
      loops,
      { success: true },
      `Condition '${printable(condition)}' met (waited ${this.#elapsed()})`,
    );
  }

  /** Throws the exit code. */
  timeout(loops: readonly NamedLoopProgress[], after: Milliseconds): never {
    const outcome = { success: false, reason: "timeout" };
    this.#end(loops, outcome, `Timeout reached after ${formatDuration(after)}`);
    throw new ExitCode(1);
  }

  /** Throws the error `loop removed: <name>`. */
  removed(loops: readonly NamedLoopProgress[], name: string): never {
    const { out } = this.#options;
    const error = notFound(`loop removed: ${name}`, { exit: 2 });
    if (!out.isJson) throw error;
    this.#end(loops, { success: false, reason: "error", error: error.message }, "");
    throw new ExitCode(2);
  }

  #end(loops: readonly NamedLoopProgress[], outcome: WaitOutcome, text: string): void {
    const { out, condition } = this.#options;
    const elapsed = this.#elapsed();
    this.#line(`\n${text}`);
    const { success, ...reasons } = outcome;
    if (out.isJson) out.json({ success, condition, ...reasons, elapsed, loops: loops.map(progressJson) });
  }

  #line(text: string): void {
    const { out, quiet } = this.#options;
    if (!quiet && !out.isJson) out.line(text);
  }

  /** Whole seconds. */
  #elapsed(): string {
    return formatDuration(Math.floor(this.#options.elapsed() / 1000) * 1000);
  }
}

interface WaitOutcome {
  readonly success: boolean;
  readonly reason?: string;
  readonly error?: string;
}

const progressJson = ({ id, name, state, recorded, lastExitCode, lastError }: NamedLoopProgress) => ({
  loop_id: id,
  name,
  state,
  runs: recorded,
  last_exit_code: lastExitCode,
  last_error: lastError,
});
