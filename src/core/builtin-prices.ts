import type { ModelPrice, PriceTable } from "./prices.ts";

/** When the list prices below were looked up. They are estimates: discounts, tiers of long prompts and batches are left out. */
export const PRICES_DATE = "2026-10-24";

/** Input, output, reading from a cache, writing to one (for five minutes). A pattern without a star also means its dated versions. */
type Row = readonly [pattern: string, input: number, output: number, cacheRead: number, cacheWrite?: number];

/** Anthropic writes to a cache for 1.25 of the input price, others for the input price where they charge for it. */
const ROWS: readonly Row[] = [
  ["claude-fable-5*", 10, 50, 1, 12.5],
  ["claude-fable-5-1*", 10, 50, 0.25, 12.5],
  ["claude-opus-5*", 5, 25, 0.5, 6.25],
  ["claude-opus-5-5*", 4, 20, 0.2, 5],
  ["claude-opus-4-5*", 5, 25, 0.5, 6.25],
  ["claude-opus-4-6*", 5, 25, 0.5, 6.25],
  ["claude-opus-4-7*", 5, 25, 0.5, 6.25],
  ["claude-opus-4-8*", 5, 25, 0.5, 6.25],
  ["claude-opus-4-1*", 15, 75, 1.5, 18.75],
  ["claude-opus-4-2025*", 15, 75, 1.5, 18.75],
  ["claude-sonnet-5*", 2, 10, 0.2, 2.5],
  ["claude-sonnet-5-5*", 2, 10, 0.1, 2.5],
  ["claude-sonnet-4*", 3, 15, 0.3, 3.75],
  ["claude-3-7-sonnet*", 3, 15, 0.3, 3.75],
  ["claude-haiku-5-5*", 0.1, 0.5, 0.01, 0.125],
  ["claude-haiku-4-5*", 1, 5, 0.1, 1.25],
  ["claude-3-5-haiku*", 0.8, 4, 0.08, 1],
  ["gpt-6-sol", 2, 10, 0.2, 2.5],
  ["gpt-6-luna", 0.1, 0.5, 0.01, 0.125],
  ["gpt-6.1-sol", 2, 10, 0.1],
  ["gpt-5.5", 5, 30, 0.5],
  ["gpt-5.4", 2.5, 15, 0.25],
  ["gpt-5.4-mini", 0.75, 4.5, 0.075],
  ["gpt-5.3-codex", 1.75, 14, 0.175],
  ["gpt-5.2", 1.75, 14, 0.175],
  ["gpt-5.2-codex*", 1.75, 14, 0.175],
  ["gpt-5.2-pro", 21, 168, 21],
  ["gpt-5.1", 1.25, 10, 0.125],
  ["gpt-5.1-codex*", 1.25, 10, 0.125],
  ["gpt-5.1-codex-mini*", 0.25, 2, 0.025],
  ["gpt-5", 1.25, 10, 0.125],
  ["gpt-5-codex*", 1.25, 10, 0.125],
  ["gpt-5-mini", 0.25, 2, 0.025],
  ["gpt-5-nano", 0.05, 0.4, 0.005],
  ["gpt-4.1", 2, 8, 0.5],
  ["gpt-4.1-mini", 0.4, 1.6, 0.1],
  ["codex-mini-latest", 1.5, 6, 0.375],
  ["o4-mini", 1.1, 4.4, 0.275],
  ["gemini-3-pro*", 2, 12, 0.2],
  ["gemini-3-flash*", 0.5, 3, 0.05],
  ["gemini-2.5-pro*", 1.25, 10, 0.125],
  ["gemini-2.5-flash*", 0.3, 2.5, 0.03],
  ["gemini-2.5-flash-lite*", 0.1, 0.4, 0.01],
];

const priceOfRow = ([, input, output, cacheRead, cacheWrite = input]: Row): ModelPrice => ({
  input,
  output,
  cacheRead,
  cacheWrite,
});

const namesOf = (pattern: string): string[] =>
  pattern.includes("*") ? [pattern] : [pattern, `${pattern}-20*`];

export const BUILTIN_PRICES: PriceTable = ROWS.flatMap((row) =>
  namesOf(row[0]).map((model) => ({ model, price: priceOfRow(row), source: "built-in" as const })),
);
