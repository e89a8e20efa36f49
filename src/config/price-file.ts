import { BUILTIN_PRICES } from "../core/builtin-prices.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { ModelPrice, PricedModel, PriceTable } from "../core/prices.ts";
import type { Config } from "./config.ts";
import { readMap } from "./lenient-map.ts";
import { pricesPath } from "./paths.ts";

/** The prices that count: those of `prices.yaml` before the built-in ones. */
export interface Prices {
  readonly table: PriceTable;
  /** What was passed over in the file, for `forge doctor`. */
  readonly problems: readonly string[];
}

/** Reads `prices.yaml`. It never stops a loop: what cannot be read counts as not there. */
export function readPrices(config: Config): Prices {
  const problems: string[] = [];
  const root = readMap(pricesPath(config), problems);
  passOverUnknown(root, ["models"], "", problems);
  const models = root.models ?? {};
  if (!isJsonObject(models)) problems.push("models must be a map");
  const own = isJsonObject(models) ? pricedModels(models, problems) : [];
  const replaced = new Set(own.map(({ model }) => model.toLowerCase()));
  return { table: [...BUILTIN_PRICES.filter(({ model }) => !replaced.has(model)), ...own], problems };
}

const KEYS = {
  input: "input",
  output: "output",
  cache_read: "cacheRead",
  cache_write: "cacheWrite",
} as const;

function pricedModels(models: JsonObject, problems: string[]): PricedModel[] {
  return Object.entries(models).flatMap(([model, value]): PricedModel[] => {
    const at = `models.${model}`;
    if (!isJsonObject(value)) {
      problems.push(`${at} must be a map`);
      return [];
    }
    passOverUnknown(value, Object.keys(KEYS), `${at}.`, problems);
    const price = readPrice(value, at, problems);
    return price ? [{ model, price, source: "prices.yaml" }] : [];
  });
}

function readPrice(value: JsonObject, at: string, problems: string[]): ModelPrice | undefined {
  const known: { -readonly [Key in keyof ModelPrice]?: number } = {};
  for (const [key, name] of Object.entries(KEYS)) {
    const amount = value[key];
    if (amount === undefined || amount === null) continue;
    if (typeof amount === "number" && amount >= 0 && Number.isFinite(amount)) known[name] = amount;
    else problems.push(`${at}.${key} must be a number of dollars`);
  }
  const { input, output } = known;
  if (input !== undefined && output !== undefined) return { ...known, input, output };
  problems.push(`${at} needs input and output`);
  return undefined;
}

function passOverUnknown(
  map: JsonObject,
  known: readonly string[],
  prefix: string,
  problems: string[],
): void {
  for (const key of Object.keys(map)) if (!known.includes(key)) problems.push(`unknown key: ${prefix}${key}`);
}
