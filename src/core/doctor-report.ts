import { formatTime, type Instant } from "./time.ts";

export const CHECK_STATUSES = ["pass", "warn", "fail", "skip"] as const;
export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** In the order in which they are shown. */
export const CHECK_CATEGORIES = ["dependencies", "agent", "config", "database", "nodes", "runtime"] as const;
export type CheckCategory = (typeof CHECK_CATEGORIES)[number];

/** One thing that the doctor looked at. */
export interface Check {
  readonly category: CheckCategory;
  readonly name: string;
  readonly status: CheckStatus;
  readonly details?: string | undefined;
  /** Why it is not well; shown rather than the details. */
  readonly error?: string | undefined;
}

/** Makes the checks of one category. */
export const checksOf = (category: CheckCategory) => ({
  pass: (name: string, details: string): Check => ({ category, name, status: "pass", details }),
  warn: (name: string, error: string): Check => ({ category, name, status: "warn", error }),
  fail: (name: string, error: string): Check => ({ category, name, status: "fail", error }),
  skip: (name: string, details: string): Check => ({ category, name, status: "skip", details }),
});

const count = (checks: readonly Check[], status: CheckStatus): number =>
  checks.filter((check) => check.status === status).length;

/** `fixed` only where something was to be mended. */
export const doctorReportJson = (checks: readonly Check[], at: Instant, fixed?: readonly string[]) => ({
  checks: checks.map(({ category, name, status, details, error }) => ({
    category,
    name,
    status,
    details,
    error,
  })),
  summary: {
    total: checks.length,
    passed: count(checks, "pass"),
    warnings: count(checks, "warn"),
    failed: count(checks, "fail"),
    skipped: count(checks, "skip"),
  },
  ...(fixed && { fixed }),
  checked_at: formatTime(at),
});

const MARKS: Record<CheckStatus, string> = { pass: "\u2713", warn: "!", fail: "\u2717", skip: "-" };

/** The report as people read it. */
export function doctorReportLines(checks: readonly Check[]): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const sections = CHECK_CATEGORIES.flatMap((category) => {
    const own = checks.filter((check) => check.category === category);
    const lines = own.map(({ status, name, details = "", error }) =>
      `  [${MARKS[status]}] ${name.padEnd(width)}  ${error ?? details}`.trimEnd(),
    );
    return own.length === 0 ? [] : ["", `${category.toUpperCase()}:`, ...lines];
  });
  const summary = `Summary: ${count(checks, "pass")} passed, ${count(checks, "warn")} warnings, ${count(checks, "fail")} failed`;
  return ["Forge Doctor", "============", ...sections, "", summary];
}
