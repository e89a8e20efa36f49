import { invalid, toForgeError } from "../core/errors.ts";
import type { Instant } from "../core/time.ts";
import { parseTimeExpression } from "../core/time-expression.ts";

/** The moment that a flag names; undefined when not given. Throws `invalid --<flag> value: ...`. */
export function timeFlag(
  flag: "since" | "until" | "older-than",
  text: string | undefined,
  now: Instant,
): Instant | undefined {
  if (!text?.trim()) return undefined;
  try {
    return parseTimeExpression(text, now);
  } catch (thrown) {
    throw invalid(`invalid --${flag} value: ${toForgeError(thrown).message}`);
  }
}

/** Both ends of a span of time. Throws as `timeFlag`, and `--since must be before --until`. */
export function timeSpan(
  { since, until }: { readonly since: string | undefined; readonly until: string | undefined },
  now: Instant,
): { since: Instant | undefined; until: Instant | undefined } {
  const span = { since: timeFlag("since", since, now), until: timeFlag("until", until, now) };
  if (span.since !== undefined && span.until !== undefined && span.since >= span.until)
    throw invalid("--since must be before --until");
  return span;
}

/** The words of a filter, trimmed, blank ones left out. */
export const filterWords = (words: readonly string[]): string[] =>
  words.map((word) => word.trim()).filter((word) => word !== "");
