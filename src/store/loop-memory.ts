import { invalid, notFound } from "../core/errors.ts";
import { type LoopId, newId } from "../core/ids.ts";
import type { LoopKv } from "../core/loop-kv.ts";
import { formatTime, type Instant } from "../core/time.ts";
import { readRequiredTime } from "./columns.ts";
import type { Db } from "./database.ts";
import { inTransaction } from "./transaction.ts";

interface LoopKvRow {
  id: string;
  loop_id: LoopId;
  key: string;
  value: string;
  created_at: string;
  updated_at: string;
}

const toLoopKv = (row: LoopKvRow): LoopKv => ({
  id: row.id,
  loopId: row.loop_id,
  key: row.key,
  value: row.value,
  createdAt: readRequiredTime(row.created_at),
  updatedAt: readRequiredTime(row.updated_at),
});

/**
 * Remembers a value; one that is there keeps its id and the time it was made. The key is trimmed, the value is not. Throws
 * `loopID is required`, `key is required`, `value is required`.
 */
export function setMemory(db: Db, loopId: LoopId, key: string, value: string, now: Instant): LoopKv {
  const at = { loopId: loopId.trim(), key: key.trim() };
  if (at.loopId === "") throw invalid("loopID is required");
  if (at.key === "") throw invalid("key is required");
  if (value === "") throw invalid("value is required");
  const row = inTransaction(db, () =>
    db
      .query<LoopKvRow, Record<string, string>>(
        `INSERT INTO loop_kv (id, loop_id, key, value, created_at, updated_at)
         VALUES ($id, $loopId, $key, $value, $now, $now)
         ON CONFLICT (loop_id, key) DO UPDATE SET value = $value, updated_at = $now RETURNING *`,
      )
      .get({ id: newId<string>(), ...at, value, now: formatTime(now) }),
  );
  if (!row) throw notFound("loop kv not found");
  return toLoopKv(row);
}

/** Throws `loop kv not found`. */
export function getMemory(db: Db, loopId: LoopId, key: string): LoopKv {
  const row = db
    .query<LoopKvRow, [string, string]>("SELECT * FROM loop_kv WHERE loop_id = ? AND key = ?")
    .get(loopId.trim(), key.trim());
  if (!row) throw notFound("loop kv not found");
  return toLoopKv(row);
}

/** Everything a loop remembers, by key. */
export const listMemory = (db: Db, loopId: LoopId): LoopKv[] =>
  db
    .query<LoopKvRow, [string]>("SELECT * FROM loop_kv WHERE loop_id = ? ORDER BY key")
    .all(loopId)
    .map(toLoopKv);

/** Throws `loop kv not found`. */
export function deleteMemory(db: Db, loopId: LoopId, key: string): void {
  const { changes } = inTransaction(db, () =>
    db.query("DELETE FROM loop_kv WHERE loop_id = ? AND key = ?").run(loopId.trim(), key.trim()),
  );
  if (changes === 0) throw notFound("loop kv not found");
}
