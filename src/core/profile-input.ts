import { isOneOf } from "./enum.ts";
import { invalid } from "./errors.ts";
import { PROMPT_MODES, type PromptMode } from "./profile.ts";

/** A prompt mode as it is typed. Throws `invalid prompt mode "<word>"`. */
export function parsePromptModeWord(word: string): PromptMode {
  if (isOneOf(PROMPT_MODES, word)) return word;
  const hint = `Valid: ${PROMPT_MODES.join(", ")}`;
  throw invalid(`invalid prompt mode ${JSON.stringify(word)}`, { hint });
}

/** `KEY=VALUE` words as an environment; empty words are passed over. Throws `invalid env pair "<word>" (expected KEY=VALUE)`. */
export function parseEnvPairs(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(pairs.filter((pair) => pair !== "").map(parseEnvPair));
}

function parseEnvPair(pair: string): [string, string] {
  const [, name, value] = /^([^=\s]+)=(.*)$/s.exec(pair) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw invalid(`invalid env pair ${JSON.stringify(pair)} (expected KEY=VALUE)`);
}

/** Throws `max concurrency must be >= 0`. */
export function checkMaxConcurrency(count: number): number {
  if (count >= 0) return count;
  throw invalid("max concurrency must be >= 0", { hint: "0 is no limit" });
}
