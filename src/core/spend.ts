import type { LoopId, PoolId, ProfileId } from "./ids.ts";
import { toDollars } from "./outcome.ts";
import { formatTime, type Instant } from "./time.ts";

/** Where the use of a run is counted; an empty text where it is not known. */
export interface SpendKey {
  /** `2026-01-02`, UTC. */
  readonly day: string;
  readonly loopId: LoopId | "";
  readonly profileId: ProfileId | "";
  readonly model: string;
}

/** Used by runs, all together. */
export interface SpendFigures {
  readonly runs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly costMicros: number;
  /** Part of the cost that nobody has told. */
  readonly estimatedMicros: number;
  readonly wallMs: number;
}

/** A row of `fx_spend`. */
export interface Spend extends SpendKey, SpendFigures {
  readonly repoPath: string;
  readonly poolId: PoolId | "";
}

const NO_SPEND: SpendFigures = {
  runs: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costMicros: 0,
  estimatedMicros: 0,
  wallMs: 0,
};

const addSpends = (one: SpendFigures, other: SpendFigures): SpendFigures => ({
  runs: one.runs + other.runs,
  inputTokens: one.inputTokens + other.inputTokens,
  outputTokens: one.outputTokens + other.outputTokens,
  cacheReadTokens: one.cacheReadTokens + other.cacheReadTokens,
  cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
  costMicros: one.costMicros + other.costMicros,
  estimatedMicros: one.estimatedMicros + other.estimatedMicros,
  wallMs: one.wallMs + other.wallMs,
});

export const COST_KEYS = ["loop", "profile", "pool", "repo", "model", "day"] as const;
/** By what costs are summed up. */
export type CostKey = (typeof COST_KEYS)[number];

const keyOf = (spend: Spend, by: CostKey): string => {
  switch (by) {
    case "loop":
      return spend.loopId;
    case "profile":
      return spend.profileId;
    case "pool":
      return spend.poolId;
    case "repo":
      return spend.repoPath;
    case "model":
      return spend.model;
    case "day":
      return spend.day;
    default:
      return by satisfies never;
  }
};

/** One line of `forge cost`. */
export interface CostRow extends SpendFigures {
  readonly key: string;
  /** What people call it: the name of a loop, its id when it is gone. */
  readonly name: string;
}

export interface CostReport {
  readonly by: CostKey;
  readonly since: Instant;
  readonly until: Instant;
  /** The dearest first; days in order. */
  readonly rows: readonly CostRow[];
  readonly total: SpendFigures;
}

/** Sums up. `nameOf` gives the name for a key, undefined where it has none. */
export function costReport(
  spends: readonly Spend[],
  by: CostKey,
  span: { readonly since: Instant; readonly until: Instant },
  nameOf: (key: string) => string | undefined,
): CostReport {
  const groups = Map.groupBy(spends, (spend) => keyOf(spend, by));
  const rows = [...groups].map(([key, group]) => ({
    key,
    name: nameOf(key) ?? key,
    ...group.reduce(addSpends, NO_SPEND),
  }));
  const order = (one: CostRow, other: CostRow) =>
    by === "day"
      ? compare(one.key, other.key)
      : other.costMicros - one.costMicros || other.runs - one.runs || compare(one.name, other.name);
  return { by, ...span, rows: rows.toSorted(order), total: rows.reduce(addSpends, NO_SPEND) };
}

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Names and values of the columns behind `key` and `name`. */
const figuresJson = (figures: SpendFigures) => ({
  runs: figures.runs,
  input_tokens: figures.inputTokens,
  output_tokens: figures.outputTokens,
  cache_read_tokens: figures.cacheReadTokens,
  cache_write_tokens: figures.cacheWriteTokens,
  cost_usd: toDollars(figures.costMicros),
  estimated_usd: toDollars(figures.estimatedMicros),
  wall_seconds: Math.round(figures.wallMs / 1000),
});

export const costRowJson = (row: CostRow) => ({ key: row.key, name: row.name, ...figuresJson(row) });

export const costReportJson = ({ by, since, until, rows, total }: CostReport) => ({
  by,
  since: formatTime(since),
  until: formatTime(until),
  rows: rows.map(costRowJson),
  total: figuresJson(total),
});
