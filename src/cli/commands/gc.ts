import { databasePath } from "../../config/paths.ts";
import { table } from "../../console/table.ts";
import { isOneOf } from "../../core/enum.ts";
import { invalid } from "../../core/errors.ts";
import { roughSize } from "../../core/rough-size.ts";
import { diskUsage } from "../../process/disk-usage.ts";
import { type Db, vacuum } from "../../store/database.ts";
import { findLoopByReference } from "../../store/loop-reference.ts";
import { listLoops } from "../../store/loops.ts";
import {
  CLEANUP_KINDS,
  type CleanupKind,
  cleanUp,
  type KindRemoval,
} from "../../supervisor/cleanup/cleanup.ts";
import { sumOfRemovals } from "../../supervisor/cleanup/removal.ts";
import { filterWords, timeFlag } from "../event-filter.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { gcFlags } from "../registry/disk.ts";
import { openStore } from "../store-access.ts";

type GcInvocation = Invocation<typeof gcFlags>;

export const run: Run<typeof gcFlags> = async (invocation) => {
  const { flags, config, world, out } = invocation;
  const dryRun = flags["dry-run"];
  const kinds = kindsOf(filterWords(flags.only));
  const now = world.now();
  const before = timeFlag("older-than", flags["older-than"], now);
  const db = openStore(invocation, "read");
  const loops = flags.loop ? [findLoopByReference(db, flags.loop)] : listLoops(db);
  const context = { db, config, now, loops, before, dryRun };
  const removals = await cleanUp(context, { kinds, isOneLoop: Boolean(flags.loop) });
  if (flags.vacuum && !dryRun) removals.push(...vacuumed(invocation, db));
  const { bytes } = sumOfRemovals(removals);
  if (out.isJson) out.json({ dry_run: dryRun, items: removals, bytes });
  else if (!out.quiet) out.write(removalText(removals, dryRun));
};

function kindsOf(words: readonly string[]): readonly CleanupKind[] {
  if (words.length === 0) return CLEANUP_KINDS;
  return words.map((word) => {
    if (isOneOf(CLEANUP_KINDS, word)) return word;
    throw invalid(`invalid --only value: ${JSON.stringify(word)} (use ${CLEANUP_KINDS.join(", ")})`);
  });
}

/** Gives the space of deleted rows back to the file system. */
function vacuumed({ config }: GcInvocation, db: Db): KindRemoval[] {
  const path = databasePath(config);
  const size = () => diskUsage(path).bytes + diskUsage(`${path}-wal`).bytes;
  const before = size();
  vacuum(db);
  const bytes = Math.max(0, before - size());
  return bytes > 0 ? [{ what: "vacuum", removed: 0, bytes }] : [];
}

function removalText(removals: readonly KindRemoval[], dryRun: boolean): string {
  if (removals.length === 0) return "Nothing to remove\n";
  const all = [...removals, { what: "TOTAL", ...sumOfRemovals(removals) }];
  const rows = all.map(({ what, removed, bytes }) => [what, String(removed), roughSize(bytes)]);
  return `${dryRun ? "Would remove:\n" : ""}${table(["WHAT", "REMOVED", "FREED"], rows)}`;
}
