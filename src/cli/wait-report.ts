import type { Output } from "../console/output.ts";
import { printable } from "../console/printable.ts";
import { ExitCode } from "../console/program.ts";
import { formatDuration, type Milliseconds } from "../core/duration.ts";
import { toForgeError } from "../core/errors.ts";

export interface WaitReportOptions {
  readonly out: Output;
  /** As it was typed. */
  readonly condition: string;
  readonly quiet: boolean;
  /** Time since the waiting began. */
  readonly elapsed: () => Milliseconds;
  /** Told at the end in JSON: those that were waited for, as they are then. */
  readonly details?: () => Readonly<Record<string, unknown>>;
}

/** Tells how a wait goes on and how it ends (spec/20 section 19). */
export class WaitReport {
  readonly #options: WaitReportOptions;
  #shown = "";

  constructor(options: WaitReportOptions) {
    this.#options = options;
    this.#line(`Waiting for condition '${printable(options.condition)}'...`);
  }

  /** Tells how things are, where that has changed. */
  status(words: string): void {
    if (words === this.#shown) return;
    this.#shown = words;
    this.#line(`  ${words} (elapsed: ${this.#elapsed()})`);
  }

  met(): void {
    const { condition } = this.#options;
    this.#end({ success: true }, `Condition '${printable(condition)}' met (waited ${this.#elapsed()})`);
  }

  /** Throws the exit code. */
  timeout(after: Milliseconds): never {
    this.#end({ success: false, reason: "timeout" }, `Timeout reached after ${formatDuration(after)}`);
    throw new ExitCode(1);
  }

  /** What a check finds; where it fails, in JSON the answer tells so. Throws what it throws, or its exit code. */
  checking<Found>(check: () => Found): Found {
    try {
      return check();
    } catch (thrown) {
      if (!this.#options.out.isJson) throw thrown;
      const { message, exit } = toForgeError(thrown);
      this.#end({ success: false, reason: "error", error: message }, "");
      throw new ExitCode(exit);
    }
  }

  #end(outcome: WaitOutcome, text: string): void {
    const { out, condition, details } = this.#options;
    const elapsed = this.#elapsed();
    this.#line(`\n${text}`);
    const { success, ...reasons } = outcome;
    if (out.isJson) out.json({ success, condition, ...reasons, elapsed, ...details?.() });
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
