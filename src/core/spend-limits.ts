import { parseBudgetAmount } from "./budget-amount.ts";
import { invalid } from "./errors.ts";

/** What all runs of a loop may use from its start on, by the flags of `up`; 0 = no limit (spec/15 section 5.3). */
export interface SpendLimits {
  /** Millionths of a dollar. */
  readonly maxCost: number;
  readonly maxTokens: number;
}

/** The value of `--max-cost`: `5`, `$5`, `0.50`. Throws `invalid --max-cost "<text>" ...` and `max cost must be >= 0`. */
export const parseMaxCost = (text: string): number =>
  parseLimit(text, { flag: "max-cost", what: "max cost", example: "$5", unit: "usd" });

/** The value of `--max-tokens`: `2000000`, `2M`. Throws `invalid --max-tokens "<text>" ...` and `max tokens must be >= 0`. */
export const parseMaxTokens = (text: string): number =>
  parseLimit(text, { flag: "max-tokens", what: "max tokens", example: "2M", unit: " tokens" });

interface LimitFlag {
  readonly flag: string;
  readonly what: string;
  readonly example: string;
  readonly unit: "usd" | " tokens";
}

function parseLimit(text: string, { flag, what, example, unit }: LimitFlag): number {
  const trimmed = text.trim();
  if (/^\$?0+(\.0+)?$/.test(trimmed)) return 0;
  if (/^\$?-|^-\$/.test(trimmed)) throw invalid(`${what} must be >= 0`);
  const isBare = /^\d/.test(trimmed) && !/[a-z]{2,}$/i.test(trimmed);
  try {
    const amount = parseBudgetAmount(isBare ? `${trimmed}${unit}` : trimmed);
    if (amount.unit === unit.trim()) return amount.amount;
  } catch {
    // Told in the words of the flag.
  }
  throw invalid(`invalid --${flag} ${JSON.stringify(text)} (example: ${example})`);
}
