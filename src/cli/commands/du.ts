import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { invalid } from "../../core/errors.ts";
import { roughSize } from "../../core/rough-size.ts";
import { type DiskUsage, sumOfUsage } from "../../process/disk-usage.ts";
import { listLoops } from "../../store/loops.ts";
import { type KindUsage, type LoopUsage, usageByKind, usageOfLoop } from "../disk-places.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { duFlags } from "../registry/disk.ts";
import { openStore } from "../store-access.ts";

type DuInvocation = Invocation<typeof duFlags>;

export const run: Run<typeof duFlags> = (invocation) => {
  const { by } = invocation.flags;
  if (by === "kind") byKind(invocation);
  else if (by === "loop") byLoop(invocation);
  else throw invalid(`invalid --by value: ${JSON.stringify(by)} (use kind or loop)`);
};

/** The largest first; of equal ones in the order in which they came. */
const largestFirst = (a: DiskUsage, b: DiskUsage): number => b.bytes - a.bytes;

function byKind({ config, world, out }: DuInvocation): void {
  const kinds = usageByKind(config, world.cwd).toSorted(largestFirst);
  if (out.isJson) out.json(usageJson("kind", kinds));
  else out.write(kindTable(kinds));
}

function kindTable(kinds: readonly KindUsage[]): string {
  const all = [...kinds, { what: "TOTAL", ...sumOfUsage(kinds) }];
  return table(
    ["WHAT", "SIZE", "COUNT"],
    all.map(({ what, bytes, files }) => [what, roughSize(bytes), String(files)]),
  );
}

function byLoop(invocation: DuInvocation): void {
  const { config, out } = invocation;
  const db = openStore(invocation, "read");
  const loops = listLoops(db)
    .map((loop) => usageOfLoop(config, db, loop))
    .toSorted((a, b) => largestFirst(a.total, b.total));
  const rows = loops.map(({ loop, total }) => ({ what: loop.name, ...total }));
  if (out.isJson) out.json(usageJson("loop", rows));
  else out.write(loopTable(loops));
}

function loopTable(loops: readonly LoopUsage[]): string {
  const sum = (part: "logs" | "runs" | "prompts" | "total") => sumOfUsage(loops.map((usage) => usage[part]));
  const totals = { logs: sum("logs"), runs: sum("runs"), prompts: sum("prompts"), total: sum("total") };
  const rows = loops.map((usage) => [printable(usage.loop.name), ...sizes(usage)]);
  return table(["LOOP", "LOGS", "RUNS", "PROMPTS", "TOTAL"], [...rows, ["TOTAL", ...sizes(totals)]]);
}

const sizes = ({ logs, runs, prompts, total }: Omit<LoopUsage, "loop">): string[] =>
  [logs, runs, prompts, total].map(({ bytes }) => roughSize(bytes));

const usageJson = (by: "kind" | "loop", rows: readonly KindUsage[]) => ({
  by,
  rows: rows.map(({ what, bytes, files }) => ({ what, bytes, count: files })),
  bytes: sumOfUsage(rows).bytes,
});
