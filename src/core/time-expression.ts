import { type Milliseconds, parseCommandLineDuration } from "./duration.ts";
import { ForgeError, invalid } from "./errors.ts";
import { type Instant, isPrintableTime, parseTime } from "./time.ts";

const DAY: Milliseconds = 86_400_000;
const DAYS = /^(\d+\.?\d*|\.\d+)d$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME_WITHOUT_ZONE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;

/**
 * A moment as it is typed (spec/20 section 16.1, spec/30 section 12): `now`, a duration back from now (`1h30m`, `7d`),
 * RFC 3339, `2026-01-02` (midnight UTC) or `2026-01-02T03:04:05` (UTC).
 * Throws `invalid time format: "<text>" (use duration like '1h' or timestamp like '2024-01-15T10:30:00Z')`.
 */
export function parseTimeExpression(text: string, now: Instant): Instant {
  const at = readTimeExpression(text, now);
  if (at !== undefined) return at;
  throw invalid(
    `invalid time format: ${JSON.stringify(text)} (use duration like '1h' or timestamp like '2024-01-15T10:30:00Z')`,
  );
}

/**
 * As `parseTimeExpression`, but undefined for what is no time. `readDuration` is the grammar of durations; that of the
 * command line takes a bare integer for seconds.
 */
export function readTimeExpression(
  text: string,
  now: Instant,
  readDuration: (text: string) => Milliseconds = parseCommandLineDuration,
): Instant | undefined {
  const word = text.trim();
  if (word === "now") return now;
  const back = readDays(word) ?? attempt(() => readDuration(word));
  const at = back === undefined ? readTimestamp(word) : now - back;
  return at !== undefined && isPrintableTime(at) ? at : undefined;
}

function readDays(word: string): Milliseconds | undefined {
  const [, days] = DAYS.exec(word) ?? [];
  return days === undefined ? undefined : Number(days) * DAY;
}

function readTimestamp(word: string): Instant | undefined {
  if (DATE.test(word)) return parseTime(`${word}T00:00:00Z`);
  if (DATE_TIME_WITHOUT_ZONE.test(word)) return parseTime(`${word}Z`);
  return parseTime(word);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof ForgeError) return undefined;
    throw thrown;
  }
}
