import { type JsonObject, omitEmpty, readInteger } from "./json.ts";

/** After how many runs in a row a loop stops by itself (spec/15 section 7.2); 0 = never. */
export interface StopAfter {
  /** Main runs that ended well and changed nothing. */
  readonly noProgress: number;
  readonly failures: number;
}

/** Reads them from the `limits_json` of a loop. */
export const readStopAfter = (limits: JsonObject = {}): StopAfter => ({
  noProgress: readInteger(limits.stop_after_no_progress) ?? 0,
  failures: readInteger(limits.stop_after_failures) ?? 0,
});

/** Their keys of `limits_json`; what is never reached is left out. */
export const stopAfterJson = ({ noProgress, failures }: StopAfter): JsonObject => ({
  stop_after_no_progress: omitEmpty(noProgress),
  stop_after_failures: omitEmpty(failures),
});
