import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Milliseconds } from "../core/duration.ts";
import { isJsonObject } from "../core/json.ts";
import { formatTimeMillis, type Instant, parseTime } from "../core/time.ts";

/** What crashes more often than this crashes by itself: starting it again and again helps nobody (spec/10 section 15.1). */
export const MOST_RECOVERIES = 3;
const WITHIN_MS: Milliseconds = 10 * 60_000;

/**
 * Whether something may be started again after a crash, which is then counted: three times in ten minutes, remembered in a
 * file because each time another process asks. Two that ask at the same moment may count as one.
 */
export function spendRecovery(path: string, name: string, now: Instant): boolean {
  const recent = recentRecoveries(path, now);
  const times = recent[name] ?? [];
  if (times.length >= MOST_RECOVERIES) return false;
  store(path, { ...recent, [name]: [...times, now] });
  return true;
}

type Recoveries = Readonly<Record<string, readonly Instant[]>>;

/** What has not passed yet, by name. */
function recentRecoveries(path: string, now: Instant): Recoveries {
  const isRecent = (at: Instant | undefined): at is Instant =>
    at !== undefined && Math.abs(now - at) < WITHIN_MS;
  const entries = Object.entries(load(path)).map(([name, times]) => {
    const texts = Array.isArray(times) ? times.map(String) : [];
    return [name, texts.map(parseTime).filter(isRecent)] as const;
  });
  return Object.fromEntries(entries.filter(([, times]) => times.length > 0));
}

function load(path: string): Readonly<Record<string, unknown>> {
  try {
    const stored: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isJsonObject(stored) ? stored : {};
  } catch {
    return {};
  }
}

function store(path: string, recoveries: Recoveries): void {
  const entries = Object.entries(recoveries).map(([name, times]) => [name, times.map(formatTimeMillis)]);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(Object.fromEntries(entries))}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}
