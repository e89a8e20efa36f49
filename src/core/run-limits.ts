import type { Milliseconds } from "./duration.ts";
import { type JsonObject, readNumber } from "./json.ts";

/** How long a run may do what (spec/15 section 6); 0 = as long as it likes, undefined = nothing was said. */
export interface RunLimits {
  /** Until its first byte of output. */
  readonly firstOutput: Milliseconds | undefined;
  /** Without any sign of life. */
  readonly stall: Milliseconds | undefined;
  /** In all. */
  readonly runTimeout: Milliseconds | undefined;
}

/** Reads those that `up` or `scale` were given from the `limits_json` of a loop. */
export const readRunLimits = (limits: JsonObject = {}): RunLimits => ({
  firstOutput: readNumber(limits.first_output_ms),
  stall: readNumber(limits.stall_ms),
  runTimeout: readNumber(limits.run_timeout_ms),
});

/** Their keys of `limits_json`. */
export const runLimitsJson = ({ firstOutput, stall, runTimeout }: RunLimits): JsonObject => ({
  first_output_ms: firstOutput,
  stall_ms: stall,
  run_timeout_ms: runTimeout,
});
