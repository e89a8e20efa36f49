/** How much of an account may be used; 0 = no limit. */
export interface UsageLimits {
  tokensPerDay: number;
  costCentsPerDay: number;
  requestsPerHour: number;
  /** From how many percent of a limit on to warn; 80 when left out. */
  warnFromPercent?: number | undefined;
}

/** How much of an account was used in the current day and hour. */
export interface CurrentUsage {
  tokensToday: number;
  costCentsToday: number;
  requestsThisHour: number;
}

export interface UsageVerdict {
  /** Some limit is reached. */
  over: boolean;
  /** Some limit that is not reached is near. */
  approaching: boolean;
  warnings: string[];
}

/** Holds the usage of an account against its limits (spec/40 section 3). */
export function checkUsage(usage: CurrentUsage, limits: UsageLimits): UsageVerdict {
  const verdict: UsageVerdict = { over: false, approaching: false, warnings: [] };
  const threshold = limits.warnFromPercent ?? 80;
  const check = (used: number, limit: number, name: string) => {
    if (limit <= 0) return;
    const percent = (used / limit) * 100;
    if (percent >= 100) {
      verdict.over = true;
      verdict.warnings.push(`${name} limit exceeded`);
    } else if (percent >= threshold) {
      verdict.approaching = true;
      verdict.warnings.push(`Approaching ${name.toLowerCase()} limit`);
    }
  };
  check(usage.tokensToday, limits.tokensPerDay, "Daily token");
  check(usage.costCentsToday, limits.costCentsPerDay, "Daily cost");
  check(usage.requestsThisHour, limits.requestsPerHour, "Hourly request");
  return verdict;
}
