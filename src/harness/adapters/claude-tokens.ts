import { type JsonObject, readNumber } from "../../core/json.ts";
import type { TokenCounts } from "../../core/outcome.ts";

/** Which field of a usage object holds which count. */
export type TokenFields = Readonly<Record<keyof TokenCounts, string>>;

export function sumOf(usages: readonly JsonObject[], fields: TokenFields): TokenCounts {
  const sum = (field: string) => usages.reduce((total, usage) => total + (readNumber(usage[field]) ?? 0), 0);
  return {
    input: sum(fields.input),
    output: sum(fields.output),
    cacheRead: sum(fields.cacheRead),
    cacheWrite: sum(fields.cacheWrite),
    reasoning: sum(fields.reasoning),
  };
}

/** Of the API, as lines of the stream pass it on. */
export const USAGE: TokenFields = {
  input: "input_tokens",
  output: "output_tokens",
  cacheRead: "cache_read_input_tokens",
  cacheWrite: "cache_creation_input_tokens",
  reasoning: "thinking_tokens",
};
