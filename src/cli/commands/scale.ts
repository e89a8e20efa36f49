import { resolve } from "node:path";
import { invalid } from "../../core/errors.ts";
import type { Loop } from "../../core/loop.ts";
import type { Db } from "../../store/database.ts";
import { listLoopSummaries } from "../../store/loop-summaries.ts";
import { inTransaction } from "../../store/transaction.ts";
import { type Assignment, assignmentOf, checkSpawnOwner, createLoops } from "../create-loops.ts";
import { ensureAnyProfile } from "../first-contact.ts";
import type { Invocation, Run } from "../invocation.ts";
import { type NewLoops, newLoopsFrom } from "../new-loops.ts";
import { killLoops, stopLoops } from "../order-end.ts";
import type { scaleFlags } from "../registry/verbs.ts";
import { startRunner } from "../start-runner.ts";
import { lookUp, openStore } from "../store-access.ts";

type ScaleInvocation = Invocation<typeof scaleFlags>;

export const run: Run<typeof scaleFlags> = async (invocation) => {
  const { flags, out } = invocation;
  const { count } = flags;
  const request = requestFrom(invocation);
  if (isMissingAny(invocation, request)) ensureAnyProfile(invocation);
  const assignment = lookUp(invocation, (db) => assignmentOf(db, request));
  const owner = flags["spawn-owner"];
  checkSpawnOwner(owner);
  const db = openStore(invocation, count > 0 ? "write" : "read");
  const { present, created } = adjust(invocation, db, request, assignment);
  const [first] = created;
  if (first && !out.isJson && !out.quiet)
    (await import("../start-notes.ts")).tellWhatIsMissing(invocation, db, first);
  for (const loop of created) await startRunner(invocation, db, loop, { owner, reason: "scale" });
  const surplus = present.slice(count);
  if (surplus.length > 0) await (flags.kill ? killLoops : stopLoops)(invocation, db, surplus);
  out.done(`Scaled loops to ${count}`, { target: count, current: present.length });
};

/** What each new loop is to be; how many is found out later. Throws as `up` does. */
function requestFrom({ flags, given, config, world }: ScaleInvocation): NewLoops {
  if (flags.count < 0) throw invalid("--count must be >= 0");
  const repoPath = flags.repo ? resolve(world.cwd, flags.repo) : world.cwd;
  return newLoopsFrom({ flags: { ...flags, count: 1, name: undefined }, given, config }, repoPath);
}

/** Whether loops will be made that draw from whatever profiles there are: as with `up`, there should be one. */
const isMissingAny = (invocation: ScaleInvocation, { pool, profile, repoPath }: NewLoops): boolean =>
  !(pool || profile) &&
  lookUp(invocation, (db) => listLoopSummaries(db, { repoPath })).length < invocation.flags.count;

/** Counts and creates in one transaction, so that two at the same time do not both fill the gap. Oldest first. */
function adjust(
  { flags, config, world }: ScaleInvocation,
  db: Db,
  request: NewLoops,
  assignment: Assignment,
): { present: Loop[]; created: Loop[] } {
  return inTransaction(db, () => {
    const filter = { repoPath: request.repoPath, ...assignment };
    const present = listLoopSummaries(db, filter).map(({ loop }) => loop);
    const missing = flags.count - present.length;
    const created =
      missing > 0 ? createLoops(db, { ...request, count: missing }, assignment, { config, world }) : [];
    return { present, created };
  });
}
