import { type OutcomeDraft, type TokenCounts, toMicros } from "./outcome.ts";

/** What a model costs, in US dollars for a million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** As input where it is not told: an estimate is rather too high than too low. */
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
}

/** The price of all models that a pattern fits. */
export interface PricedModel {
  /** The name of a model; `*` stands for anything. */
  readonly model: string;
  readonly price: ModelPrice;
  readonly source: "built-in" | "prices.yaml";
}

export type PriceTable = readonly PricedModel[];

/**
 * The price of a model by the longest pattern that fits; of two equally long ones the later counts. A provider before the
 * name (`openrouter/anthropic/claude-x`) and a context size behind it (`claude-x[1m]`) do not matter unless a pattern names
 * them, and Claude models go by both spellings, `claude-opus-4.5` and `claude-opus-4-5`.
 */
export function priceOf(table: PriceTable, model: string): ModelPrice | undefined {
  const whole = model.trim().toLowerCase();
  const bare = whole.replace(/^.*\//, "").replace(/\[[^\]]*\]$/, "");
  const names = [whole, bare, bare.startsWith("claude-") ? bare.replaceAll(".", "-") : bare];
  for (const name of new Set(names)) {
    const price = longestMatch(table, name);
    if (price) return price;
  }
  return undefined;
}

function longestMatch(table: PriceTable, name: string): ModelPrice | undefined {
  let best: PricedModel | undefined;
  for (const entry of table)
    if (fits(entry.model.toLowerCase(), name) && entry.model.length >= (best?.model.length ?? 0))
      best = entry;
  return best?.price;
}

/** Whether the parts of a pattern between its stars stand in the name, in order. */
function fits(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

const MILLION = 1_000_000;

/** What tokens cost, in millionths of a dollar. */
const costOfTokens = (
  { input, output, cacheRead = input, cacheWrite = input }: ModelPrice,
  tokens: TokenCounts,
): number =>
  toMicros(
    (tokens.input * input +
      tokens.output * output +
      tokens.cacheRead * cacheRead +
      tokens.cacheWrite * cacheWrite) /
      MILLION,
  );

/** The outcome with an estimate of its cost, where its CLI tells none and its model, or else the profile's, has a price. */
export function priced<Outcome extends Pick<OutcomeDraft, "model" | "tokens" | "costMicros" | "costSource">>(
  outcome: Outcome,
  table: PriceTable,
  profileModel?: string,
): Outcome {
  const model = outcome.model ?? profileModel;
  if (outcome.costMicros !== undefined || outcome.tokens === undefined || !model) return outcome;
  const price = priceOf(table, model);
  if (price === undefined) return outcome;
  return { ...outcome, costMicros: costOfTokens(price, outcome.tokens), costSource: "priced" };
}
