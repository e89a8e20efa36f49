import { describe, expect, test } from "bun:test";
import { BUILTIN_PRICES } from "../../src/core/builtin-prices.ts";
import type { OutcomeDraft } from "../../src/core/outcome.ts";
import { type PriceTable, priced, priceOf } from "../../src/core/prices.ts";

const table = (...models: string[]): PriceTable =>
  models.map((model, index) => ({ model, price: { input: index, output: index }, source: "prices.yaml" }));

describe("the price of a model is that of the longest pattern that fits (spec/15 section 5.4)", () => {
  test.each([
    ["gpt-5", ["gpt-5", "gpt-5*"], 1],
    ["gpt-5-codex", ["gpt-5", "gpt-5*", "gpt-*"], 1],
    ["gpt-5-codex-2026", ["gpt-*", "gpt-5*codex*", "gpt-5*"], 1],
    ["openrouter/vendor/gpt-5", ["gpt-*"], 0],
    ["vendor/gpt-5", ["gpt-*", "vendor/*"], 1],
    ["Claude-X[1m]", ["claude-x"], 0],
    ["claude-opus-4.5", ["claude-opus-4-5*"], 0],
    ["ab", ["a*b*b"], undefined],
    ["other", ["gpt-*"], undefined],
    ["", ["x*"], undefined],
  ])("%s", (model, patterns, expected) => {
    expect(priceOf(table(...patterns), model)?.input).toBe(expected);
  });

  test("and the built-in table knows the current models under the names that their CLIs print", () => {
    for (const model of [
      "claude-opus-4-5-20251101",
      "claude-sonnet-5-5",
      "claude-haiku-4-5-20251001",
      "gpt-5.3-codex",
      "gpt-5.5-2026-05-01",
      "gemini-3-pro-preview",
    ])
      expect([model, priceOf(BUILTIN_PRICES, model)]).not.toEqual([model, undefined]);
    expect(priceOf(BUILTIN_PRICES, "claude-opus-5-5")).toMatchObject({ input: 4, output: 20 });
    expect(priceOf(BUILTIN_PRICES, "gpt-5.5-pro")).toBeUndefined();
  });
});

describe("a run whose CLI tells no cost is priced by its tokens", () => {
  const PRICES: PriceTable = [
    { model: "m", price: { input: 1, output: 10, cacheRead: 0.1 }, source: "prices.yaml" },
  ];
  const outcome: OutcomeDraft = {
    outcome: "ok",
    costSource: "none",
    tokens: { input: 1000, output: 200, cacheRead: 10_000, cacheWrite: 500, reasoning: 0 },
    evidence: { rule: 10, lines: [] },
  };

  test.each([
    ["with the model that it told", { ...outcome, model: "m" }, undefined, 4500, "priced"],
    ["else with that of its profile", outcome, "m", 4500, "priced"],
    ["not without a price", { ...outcome, model: "x" }, undefined, undefined, "none"],
    ["not without a model", outcome, undefined, undefined, "none"],
    ["not without tokens", { ...outcome, tokens: undefined, model: "m" }, undefined, undefined, "none"],
    [
      "not where the CLI told it",
      { ...outcome, costMicros: 7, costSource: "reported", model: "m" },
      undefined,
      7,
      "reported",
    ],
  ] as const)("%s", (_what, draft, profileModel, costMicros, costSource) => {
    const after = priced<OutcomeDraft>(draft, PRICES, profileModel);
    expect([after.costMicros, after.costSource]).toEqual([costMicros, costSource]);
  });
});
