import type { BudgetPeriod, BudgetUnit } from "./budget.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { invalid } from "./errors.ts";
import { formatCost, toDollars, toMicros } from "./outcome.ts";
import { roughDuration } from "./rough-duration.ts";

export interface BudgetAmount {
  readonly unit: BudgetUnit;
  readonly amount: number;
}

const NUMBER = String.raw`([+-]?\d+(?:\.\d+)?)`;
const DOLLARS = new RegExp(String.raw`^(?:([+-]?)\$\s*(\d+(?:\.\d+)?)|${NUMBER}\s*usd)$`, "i");
const TOKENS = new RegExp(String.raw`^${NUMBER}\s*([km])?\s*tokens?$`, "i");
const RUNS = /^([+-]?\d+)\s*runs?$/i;
const FACTORS: Readonly<Record<string, number>> = { "": 1, k: 1000, m: 1_000_000 };

/**
 * Reads `$10`, `10usd`, `2M tokens`, `20 runs` or `6h`. Throws `invalid budget amount "<text>" (examples: ...)` and
 * `budget amount must be > 0`.
 */
export function parseBudgetAmount(text: string): BudgetAmount {
  const read = readAmount(text.trim());
  if (read === undefined || !Number.isSafeInteger(read.amount))
    throw invalid(`invalid budget amount ${JSON.stringify(text)} (examples: $10, 2M tokens, 20 runs, 6h)`);
  if (read.amount <= 0) throw invalid("budget amount must be > 0");
  return read;
}

function readAmount(text: string): BudgetAmount | undefined {
  const [isDollars, sign = "", dollars, usd] = DOLLARS.exec(text) ?? [];
  if (isDollars !== undefined) return { unit: "usd", amount: toMicros(Number(usd ?? `${sign}${dollars}`)) };
  const [, tokens, letter = ""] = TOKENS.exec(text) ?? [];
  if (tokens !== undefined)
    return { unit: "tokens", amount: Math.round(Number(tokens) * (FACTORS[letter.toLowerCase()] ?? 1)) };
  const [, runs] = RUNS.exec(text) ?? [];
  if (runs !== undefined) return { unit: "runs", amount: Number(runs) };
  // A bare zero is a duration, and says nothing of what it counts.
  if (!/[a-z]/i.test(text)) return undefined;
  try {
    return { unit: "time", amount: Math.round(parseDuration(text)) };
  } catch {
    return undefined;
  }
}

/** An amount as people read it, without its unit where a column says it. */
export function amountFigure(unit: BudgetUnit, amount: number): string {
  switch (unit) {
    case "usd":
      return formatCost(amount);
    case "tokens":
      return tokenFigure(amount);
    case "runs":
      return String(amount);
    case "time":
      return amount < 1000 ? formatDuration(amount) : roughDuration(amount);
    default:
      return unit satisfies never;
  }
}

/** `1500`, `20k`, `2M`, `1.5M`: the form in which limits are set. */
function tokenFigure(amount: number): string {
  if (amount < 10_000) return String(amount);
  const [factor, letter] = amount < 1_000_000 ? [1000, "k"] : [1_000_000, "M"];
  return `${Number((amount / factor).toFixed(2))}${letter}`;
}

const NAMES: Readonly<Record<BudgetUnit, string>> = { usd: "", tokens: " tokens", runs: " runs", time: "" };

/** `$10.00`, `2M tokens`, `20 runs`, `6h` */
export const amountText = (unit: BudgetUnit, amount: number): string =>
  `${amountFigure(unit, amount)}${amount === 1 && unit === "runs" ? " run" : NAMES[unit]}`;

/** `$10.00 per day`, `$5.00 in total` */
export const limitText = (unit: BudgetUnit, amount: number, period: BudgetPeriod): string =>
  `${amountText(unit, amount)} ${period === "total" ? "in total" : `per ${period}`}`;

/** In dollars, tokens, runs or seconds: the form of JSON. */
export function amountJson(unit: BudgetUnit, amount: number): number {
  if (unit === "usd") return toDollars(amount);
  return unit === "time" ? amount / 1000 : amount;
}
