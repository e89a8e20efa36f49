import { printable } from "../console/printable.ts";
import { table } from "../console/table.ts";
import { PRICES_DATE } from "../core/builtin-prices.ts";
import type { PricedModel, PriceTable } from "../core/prices.ts";

const HEADER = ["MODEL", "INPUT", "OUTPUT", "CACHE_READ", "CACHE_WRITE", "SOURCE"];

/** The prices that estimates are made with, in dollars for a million tokens (spec/15 section 5.4). */
export const pricesTable = (prices: PriceTable): string =>
  table(
    HEADER,
    prices.map(({ model, price, source }) => [
      printable(model),
      String(price.input),
      String(price.output),
      String(price.cacheRead ?? price.input),
      String(price.cacheWrite ?? price.input),
      sourceText(source),
    ]),
  );

const sourceText = (source: PricedModel["source"]): string =>
  source === "built-in" ? `built-in ${PRICES_DATE}` : source;

export const pricesJson = (prices: PriceTable) =>
  prices.map(({ model, price, source }) => ({
    model,
    input: price.input,
    output: price.output,
    cache_read: price.cacheRead ?? price.input,
    cache_write: price.cacheWrite ?? price.input,
    source,
    date: source === "built-in" ? PRICES_DATE : undefined,
  }));
