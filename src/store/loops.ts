import { exists, notFound, operationFailed } from "../core/errors.ts";
import { type LoopId, newId, randomShortId } from "../core/ids.ts";
import { type Loop, validateLoop } from "../core/loop.ts";
import { loopCreated, loopRemoved } from "../core/loop-events.ts";
import type { LoopFilter } from "../core/selector.ts";
import { formatTime, type Instant } from "../core/time.ts";
import { deleteBudgetsOfLoop } from "./budgets.ts";
import type { Db } from "./database.ts";
import { refuseDuplicates } from "./database-error.ts";
import { appendEvent } from "./events.ts";
import { type LoopFilterParameters, loopFilterParameters, MATCHES_LOOP_FILTER } from "./loop-filter.ts";
import { type LoopRow, toLoop, toLoopColumns, toNewLoopColumns } from "./loop-rows.ts";
import { insertRow, updateRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

/** A loop that is to be made: what is left out gets the table's defaults. */
export type LoopDraft = Pick<Loop, "name" | "repoPath"> & Partial<Omit<Loop, "createdAt" | "updatedAt">>;

const SHORT_ID_TRIES = 10;

const loopNotFound = () => notFound("loop not found");
const loopExists = () => exists("loop already exists");

/**
 * Makes a loop, stopped unless the draft says otherwise, and tells `loop.created`. Throws `invalid loop: ...` and
 * `loop already exists` (a name, id or short id that is taken).
 */
export function createLoop(db: Db, draft: LoopDraft, now: Instant): Loop {
  return inTransaction(db, () => {
    const loop: Loop = {
      id: newId<LoopId>(),
      intervalSeconds: 30,
      maxIterations: 0,
      maxRuntimeSeconds: 0,
      state: "stopped",
      tags: [],
      ...draft,
      shortId: draft.shortId?.toLowerCase() || allocateShortId(db),
      createdAt: now,
      updatedAt: now,
    };
    validateLoop(loop);
    refuseDuplicates(() => insertRow(db, "loops", toNewLoopColumns(loop)), loopExists);
    appendEvent(db, loopCreated(loop), now);
    return loop;
  });
}

/** A short id that no loop has. Throws `failed to allocate unique loop short ID`. */
export function allocateShortId(db: Db, generate: () => string = randomShortId): string {
  for (let tries = 0; tries < SHORT_ID_TRIES; tries++) {
    const shortId = generate();
    if (!db.query("SELECT 1 FROM loops WHERE short_id = ?").get(shortId)) return shortId;
  }
  throw operationFailed("failed to allocate unique loop short ID");
}

export function findLoop(db: Db, id: LoopId): Loop | undefined {
  const row = db.query<LoopRow, [string]>("SELECT * FROM loops WHERE id = ?").get(id);
  return row ? toLoop(row) : undefined;
}

/** Throws `loop not found`, as do the next two. */
export function getLoop(db: Db, id: LoopId): Loop {
  const loop = findLoop(db, id);
  if (!loop) throw loopNotFound();
  return loop;
}

export function getLoopByName(db: Db, name: string): Loop {
  const row = db.query<LoopRow, [string]>("SELECT * FROM loops WHERE name = ?").get(name);
  if (!row) throw loopNotFound();
  return toLoop(row);
}

export function getLoopByShortId(db: Db, shortId: string): Loop {
  const row = db.query<LoopRow, [string]>("SELECT * FROM loops WHERE short_id = ?").get(shortId);
  if (!row) throw loopNotFound();
  return toLoop(row);
}

/** The loops that the filter leaves, oldest first. */
export function listLoops(db: Db, filter: LoopFilter = {}): Loop[] {
  return db
    .query<LoopRow, LoopFilterParameters>(
      `SELECT * FROM loops WHERE ${MATCHES_LOOP_FILTER} ORDER BY created_at, rowid`,
    )
    .all(loopFilterParameters(filter))
    .map((row) => toLoop(row));
}

/**
 * Writes every column of a loop: only for edits by the user, because it overwrites what runner and other commands have
 * changed since the loop was read (`patchLoop` does not). Throws `loop not found` and `loop already exists`.
 */
export function updateLoop(db: Db, loop: Loop, now: Instant): Loop {
  return inTransaction(db, () => {
    const edited = { ...loop, shortId: loop.shortId || allocateShortId(db), updatedAt: now };
    validateLoop(edited);
    const columns = { ...toLoopColumns(edited), updated_at: formatTime(now) };
    const found = refuseDuplicates(() => updateRow(db, "loops", { id: loop.id }, columns), loopExists);
    if (!found) throw loopNotFound();
    return edited;
  });
}

/** Deletes a loop with its queue, runs, memory and work state, and tells `loop.removed`. Throws `loop not found`. */
export function deleteLoop(db: Db, id: LoopId, now: Instant): void {
  inTransaction(db, () => {
    const loop = getLoop(db, id);
    db.query("DELETE FROM loops WHERE id = ?").run(id);
    db.query("DELETE FROM fx_loops WHERE loop_id = ?").run(id);
    deleteBudgetsOfLoop(db, id);
    appendEvent(db, loopRemoved(loop), now);
  });
}
