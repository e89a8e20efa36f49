import { parseCommandLineDuration } from "./duration.ts";
import { ForgeError, invalid } from "./errors.ts";
import { type Instant, isPrintableTime, parseTime } from "./time.ts";

/**
 * The end of a cooldown as it is typed: a duration from now, or RFC 3339. Whole seconds, rounded up, so that a rest is never
 * shorter than asked. Throws `invalid time "<text>"`.
 */
export function parseCooldownEnd(text: string, now: Instant): Instant {
  const end = parseTime(text.trim()) ?? afterDuration(text.trim(), now);
  if (end === undefined || !isPrintableTime(end)) {
    const hint = "Write a duration such as 30m, or a time such as 2026-01-02T15:04:05Z.";
    throw invalid(`invalid time ${JSON.stringify(text)}`, { hint });
  }
  return Math.ceil(end / 1000) * 1000;
}

function afterDuration(text: string, now: Instant): Instant | undefined {
  try {
    return now + parseCommandLineDuration(text);
  } catch (thrown) {
    if (thrown instanceof ForgeError) return undefined;
    throw thrown;
  }
}
