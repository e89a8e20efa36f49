import { isOneOf } from "../core/enum.ts";
import { exists, notFound } from "../core/errors.ts";
import { newId, type PoolId } from "../core/ids.ts";
import { OWN_STRATEGIES, type Pool, sharedStrategy, validatePool } from "../core/pool.ts";
import { formatTime, formatTimeMillis, type Instant } from "../core/time.ts";
import { type ColumnValue, flag, readObjectColumn, readRequiredTime } from "./columns.ts";
import type { Db } from "./database.ts";
import { refuseDuplicates } from "./database-error.ts";
import { insertRow, updateRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

const DEFAULT_STRATEGY = "round_robin";

interface PoolRow {
  id: PoolId;
  name: string;
  strategy: string;
  is_default: number;
  metadata_json: string | null;
  created_at: string;
  updated_at: string;
  own_strategy: string | null;
}

/** With the strategy that the shared table cannot hold. */
const SELECT_POOL = `SELECT pools.*, fx_pools.strategy AS own_strategy
  FROM pools LEFT JOIN fx_pools ON fx_pools.pool_id = pools.id`;

const toPool = (row: PoolRow): Pool => ({
  id: row.id,
  name: row.name,
  // Who has changed the shared row since means it.
  strategy: row.strategy === DEFAULT_STRATEGY ? (row.own_strategy ?? row.strategy) : row.strategy,
  isDefault: row.is_default === 1,
  metadata: readObjectColumn(row.metadata_json),
  createdAt: readRequiredTime(row.created_at),
  updatedAt: readRequiredTime(row.updated_at),
});

const toColumns = (pool: Pool): Record<string, ColumnValue> => ({
  name: pool.name,
  strategy: sharedStrategy(pool.strategy),
  is_default: flag(pool.isDefault),
  metadata_json: pool.metadata === undefined ? null : JSON.stringify(pool.metadata),
  updated_at: formatTime(pool.updatedAt),
});

export const poolNotFound = () => notFound("pool not found");
export const poolExists = () => exists("pool already exists");

/** A pool that is to be made: what is left out gets the table's defaults. */
export type PoolDraft = Pick<Pool, "name"> & Partial<Omit<Pool, "createdAt" | "updatedAt">>;

/** Throws `invalid pool: ...` and `pool already exists`. */
export function createPool(db: Db, draft: PoolDraft, now: Instant): Pool {
  const pool: Pool = {
    id: newId<PoolId>(),
    isDefault: false,
    ...draft,
    strategy: draft.strategy || DEFAULT_STRATEGY,
    createdAt: now,
    updatedAt: now,
  };
  validatePool(pool);
  const columns = { id: pool.id, ...toColumns(pool), created_at: formatTime(now) };
  inTransaction(db, () => {
    refuseDuplicates(() => insertRow(db, "pools", columns), poolExists);
    writeOwnStrategy(db, pool, now);
  });
  return pool;
}

/** Has a pool choose by another strategy, with no memory of earlier choices. Throws `pool not found`. */
export function setPoolStrategy(db: Db, id: PoolId, strategy: string, now: Instant): Pool {
  return inTransaction(db, () => {
    const columns = { strategy: sharedStrategy(strategy), updated_at: formatTime(now) };
    if (!updateRow(db, "pools", { id }, columns)) throw poolNotFound();
    writeOwnStrategy(db, { id, strategy }, now);
    return getPool(db, id);
  });
}

function writeOwnStrategy(db: Db, { id, strategy }: Pick<Pool, "id" | "strategy">, now: Instant): void {
  db.query("DELETE FROM fx_pools WHERE pool_id = ?").run(id);
  if (!isOneOf(OWN_STRATEGIES, strategy)) return;
  insertRow(db, "fx_pools", { pool_id: id, strategy, updated_at: formatTimeMillis(now) });
}

export function findPool(db: Db, id: PoolId): Pool | undefined {
  const row = db.query<PoolRow, [string]>(`${SELECT_POOL} WHERE id = ?`).get(id);
  return row ? toPool(row) : undefined;
}

/** Throws `pool not found`. */
export function getPool(db: Db, id: PoolId): Pool {
  const pool = findPool(db, id);
  if (!pool) throw poolNotFound();
  return pool;
}

export function findPoolByName(db: Db, name: string): Pool | undefined {
  const row = db.query<PoolRow, [string]>(`${SELECT_POOL} WHERE name = ?`).get(name);
  return row ? toPool(row) : undefined;
}

/** Throws `pool not found`. */
export function getPoolByName(db: Db, name: string): Pool {
  const pool = findPoolByName(db, name);
  if (!pool) throw poolNotFound();
  return pool;
}

/** A pool by name, else by id. Throws `pool not found: <reference>`. */
export function resolvePool(db: Db, reference: string): Pool {
  const row = db
    .query<PoolRow, { reference: string }>(
      `${SELECT_POOL} WHERE name = $reference OR id = $reference
       ORDER BY name = $reference DESC LIMIT 1`,
    )
    .get({ reference });
  if (!row) throw notFound(`pool not found: ${reference}`);
  return toPool(row);
}

export const listPools = (db: Db): Pool[] =>
  db.query<PoolRow, []>(`${SELECT_POOL} ORDER BY name`).all().map(toPool);

/** The pool of loops that name neither pool nor profile. */
export function findDefaultPool(db: Db): Pool | undefined {
  const row = db
    .query<PoolRow, []>(`${SELECT_POOL} WHERE is_default = 1 ORDER BY created_at, id LIMIT 1`)
    .get();
  return row ? toPool(row) : undefined;
}

/** Throws `pool not found`. */
export function getDefaultPool(db: Db): Pool {
  const pool = findDefaultPool(db);
  if (!pool) throw poolNotFound();
  return pool;
}

/** Makes a pool the only default one. Throws `pool not found`, with the old default kept. */
export function setDefaultPool(db: Db, id: PoolId): void {
  inTransaction(db, () => {
    getPool(db, id);
    db.query("UPDATE pools SET is_default = 0 WHERE is_default <> 0 AND id <> ?").run(id);
    updateRow(db, "pools", { id }, { is_default: 1 });
  });
}

/** Writes every column: for edits by the user. Throws `pool not found` and `pool already exists`. */
export function updatePool(db: Db, pool: Pool, now: Instant): Pool {
  validatePool(pool);
  const edited = { ...pool, updatedAt: now };
  const found = inTransaction(db, () =>
    refuseDuplicates(() => updateRow(db, "pools", { id: pool.id }, toColumns(edited)), poolExists),
  );
  if (!found) throw poolNotFound();
  return edited;
}

/** Remembers which member round robin used last. Other metadata stays. */
export function setLastMemberIndex(db: Db, id: PoolId, index: number): void {
  inTransaction(db, () => {
    const pool = findPool(db, id);
    if (!pool) return;
    const metadata = JSON.stringify({ ...pool.metadata, last_index: index });
    updateRow(db, "pools", { id }, { metadata_json: metadata });
  });
}

/** Deletes a pool with its memberships; loops forget it. Throws `pool not found`. */
export function deletePool(db: Db, id: PoolId): void {
  const { changes } = inTransaction(db, () => db.query("DELETE FROM pools WHERE id = ?").run(id));
  if (changes === 0) throw poolNotFound();
}
