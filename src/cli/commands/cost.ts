import { resolve } from "node:path";
import { readPrices } from "../../config/price-file.ts";
import { isOneOf } from "../../core/enum.ts";
import { ForgeError, invalid } from "../../core/errors.ts";
import type { LoopId } from "../../core/ids.ts";
import { COST_KEYS, type CostKey, costReport, costReportJson } from "../../core/spend.ts";
import type { Instant } from "../../core/time.ts";
import type { Db } from "../../store/database.ts";
import { findLoopByReference } from "../../store/loop-reference.ts";
import { listLoops } from "../../store/loops.ts";
import { listPools, resolvePool } from "../../store/pools.ts";
import { listProfiles, resolveProfile } from "../../store/profiles.ts";
import { dayOf, findSpender, listSpend } from "../../store/spend.ts";
import { costCsv, costTable } from "../cost-table.ts";
import { timeSpan } from "../event-filter.ts";
import type { Invocation, Run } from "../invocation.ts";
import { pricesJson, pricesTable } from "../prices-table.ts";
import type { costFlags } from "../registry/cost.ts";
import { openStore } from "../store-access.ts";

type CostInvocation = Invocation<typeof costFlags>;

export const run: Run<typeof costFlags> = (invocation) => {
  const { flags, out, config } = invocation;
  if (out.isJson && flags.csv) throw new ForgeError("unknown", "use either --json or --csv, not both");
  if (flags.prices && flags.csv) throw new ForgeError("unknown", "use either --prices or --csv, not both");
  if (flags.prices) {
    const { table } = readPrices(config);
    return out.isJson ? out.jsonList(pricesJson(table)) : out.write(pricesTable(table));
  }
  const by = costKey(flags.by);
  const span = spanOf(invocation);
  const db = openStore(invocation, "read");
  const spends = listSpend(db, {
    ...filterFrom(db, invocation),
    from: dayOf(span.since),
    to: dayOf(span.until),
  });
  const names = namesBy(db, by);
  const report = costReport(spends, by, span, (key) => names.get(key));
  if (out.isJson) return out.json(costReportJson(report));
  if (flags.csv) return out.write(costCsv(report));
  if (report.rows.length === 0) return out.line("No runs in this period");
  out.write(costTable(report));
};

function costKey(word: string): CostKey {
  if (isOneOf(COST_KEYS, word)) return word;
  throw invalid(`invalid --by ${JSON.stringify(word)} (valid: ${COST_KEYS.join(", ")})`);
}

const DAY_MS = 86_400_000;
const DEFAULT_SPAN_MS = 7 * DAY_MS;

/** Sums are kept by day: a span begins with the day of its start. */
function spanOf({ flags, global, world }: CostInvocation): { since: Instant; until: Instant } {
  const now = world.now();
  const { since = now - DEFAULT_SPAN_MS, until = now } = timeSpan(
    { since: flags.since || global.since, until: flags.until },
    now,
  );
  return { since: since - (since % DAY_MS), until };
}

function filterFrom(db: Db, { flags, world }: CostInvocation) {
  return {
    loopId: flags.loop ? loopIdOf(db, flags.loop) : undefined,
    profileId: flags.profile ? resolveProfile(db, flags.profile).id : undefined,
    poolId: flags.pool ? resolvePool(db, flags.pool).id : undefined,
    repoPath: flags.repo ? resolve(world.cwd, flags.repo) : undefined,
    model: flags.model || undefined,
  };
}

/** A loop that is gone is known by its id. */
const loopIdOf = (db: Db, reference: string): LoopId =>
  findSpender(db, reference) ?? findLoopByReference(db, reference).id;

function namesBy(db: Db, by: CostKey): Map<string, string> {
  const named = (rows: readonly { readonly id: string; readonly name: string }[]) =>
    new Map(rows.map(({ id, name }) => [id, name]));
  switch (by) {
    case "loop":
      return named(listLoops(db));
    case "profile":
      return named(listProfiles(db));
    case "pool":
      return named(listPools(db));
    default:
      return new Map();
  }
}
