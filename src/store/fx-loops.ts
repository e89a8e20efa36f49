import type { LoopId } from "../core/ids.ts";
import type { RunnerOwner } from "../core/loop-metadata.ts";
import type { RunStreaks } from "../core/run-streaks.ts";
import { formatTimeMillis, type Instant, parseTime } from "../core/time.ts";
import {
  jsonOrNull,
  millisOrNull,
  readObjectColumn,
  readRequiredTime,
  readTextColumn,
  readTextList,
  textOrNull,
} from "./columns.ts";
import type { Db } from "./database.ts";
import { type ColumnValues, updateRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

/** What should become of a loop when its supervisor ends or starts: `held` waits for `forge daemon start`. */
export type Wanted = "running" | "stopped" | "held";

/** Why a loop does not run just now. */
export interface LoopWait {
  kind: string;
  reason?: string | undefined;
  since: Instant;
  until?: Instant | undefined;
}

/** What Forge alone knows of a loop: a row of `fx_loops` (spec/10 section 14). Loops of other implementations have none. */
export interface LoopRuntime {
  loopId: LoopId;
  wanted: Wanted;
  owner?: RunnerOwner | undefined;
  instanceId?: string | undefined;
  /** Grows with each new owner; a writer with an older one must stop. */
  epoch: number;
  bootId?: string | undefined;
  wait?: LoopWait | undefined;
  streaks: RunStreaks;
  /** Steer texts for the next pass. */
  carry: string[];
  limits?: Record<string, unknown> | undefined;
  retry?: Record<string, unknown> | undefined;
  updatedAt: Instant;
}

export interface LoopRuntimeRow {
  loop_id: LoopId;
  wanted: Wanted;
  owner: RunnerOwner | null;
  instance_id: string | null;
  epoch: number;
  boot_id: string | null;
  wait_kind: string | null;
  wait_reason: string | null;
  wait_since: string | null;
  wait_until: string | null;
  consecutive_failures: number;
  no_progress: number;
  carry_json: string | null;
  limits_json: string | null;
  retry_json: string | null;
  updated_at: string;
}

export const toLoopRuntime = (row: LoopRuntimeRow): LoopRuntime => ({
  loopId: row.loop_id,
  wanted: row.wanted,
  owner: readTextColumn(row.owner),
  instanceId: readTextColumn(row.instance_id),
  epoch: row.epoch,
  bootId: readTextColumn(row.boot_id),
  wait: toWait(row),
  streaks: { failures: row.consecutive_failures, noProgress: row.no_progress },
  carry: readTextList(row.carry_json),
  limits: readObjectColumn(row.limits_json),
  retry: readObjectColumn(row.retry_json),
  updatedAt: readRequiredTime(row.updated_at),
});

function toWait(row: LoopRuntimeRow): LoopWait | undefined {
  if (!row.wait_kind) return undefined;
  return {
    kind: row.wait_kind,
    reason: readTextColumn(row.wait_reason),
    since: readRequiredTime(row.wait_since),
    until: parseTime(row.wait_until),
  };
}

export function findLoopRuntime(db: Db, loopId: LoopId): LoopRuntime | undefined {
  const row = db.query<LoopRuntimeRow, [string]>("SELECT * FROM fx_loops WHERE loop_id = ?").get(loopId);
  return row ? toLoopRuntime(row) : undefined;
}

/** The rows of loops that exist, by loop id. */
export function listLoopRuntimes(db: Db): LoopRuntime[] {
  return db
    .query<LoopRuntimeRow, []>(
      "SELECT fx_loops.* FROM fx_loops JOIN loops ON loops.id = loop_id ORDER BY loop_id",
    )
    .all()
    .map(toLoopRuntime);
}

export interface NewOwner {
  owner: RunnerOwner;
  instanceId: string;
  bootId: string;
}

/** Makes somebody the loop's owner and the loop `wanted` running. Returns the new epoch, which every later write carries. */
export function takeOwnership(db: Db, loopId: LoopId, owner: NewOwner, now: Instant): number {
  const taken = inTransaction(db, () =>
    db
      .query<{ epoch: number }, Record<string, string>>(
        `INSERT INTO fx_loops (loop_id, wanted, owner, instance_id, boot_id, epoch, updated_at)
         VALUES ($loopId, 'running', $owner, $instanceId, $bootId, 1, $now)
         ON CONFLICT (loop_id) DO UPDATE SET wanted = 'running', owner = $owner, instance_id = $instanceId,
           boot_id = $bootId, epoch = epoch + 1, updated_at = $now
         RETURNING epoch`,
      )
      .get({ loopId, ...owner, now: formatTimeMillis(now) }),
  );
  return taken?.epoch ?? 0;
}

/** Values to write; a key that is absent or undefined stays as it is, null clears. */
export interface LoopRuntimePatch {
  wanted?: Wanted | undefined;
  wait?: LoopWait | null | undefined;
  streaks?: RunStreaks | undefined;
  carry?: readonly string[] | undefined;
  limits?: Readonly<Record<string, unknown>> | null | undefined;
  retry?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface LoopRuntimePatchOptions {
  /** Only while this is the loop's epoch. */
  epoch?: number | undefined;
  /** Leaves loops alone that Forge never ran. */
  onlyExisting?: boolean | undefined;
}

/** Writes some values, making the row where it is missing. Whether anything was written. */
export function patchLoopRuntime(
  db: Db,
  loopId: LoopId,
  patch: LoopRuntimePatch,
  now: Instant,
  { epoch, onlyExisting = false }: LoopRuntimePatchOptions = {},
): boolean {
  return inTransaction(db, () => {
    if (epoch !== undefined && !holdsEpoch(db, loopId, epoch)) return false;
    const updatedAt = formatTimeMillis(now);
    if (!onlyExisting) makeRow(db, loopId, updatedAt);
    return updateRow(db, "fx_loops", { loop_id: loopId }, { ...patchColumns(patch), updated_at: updatedAt });
  });
}

function makeRow(db: Db, loopId: LoopId, updatedAt: string): void {
  db.query("INSERT INTO fx_loops (loop_id, updated_at) VALUES (?, ?) ON CONFLICT DO NOTHING").run(
    loopId,
    updatedAt,
  );
}

/** Whether a writer with this epoch still owns the loop. */
export const holdsEpoch = (db: Db, loopId: LoopId, epoch: number): boolean =>
  db
    .query<unknown, [string, number]>("SELECT 1 FROM fx_loops WHERE loop_id = ? AND epoch = ?")
    .get(loopId, epoch) !== null;

const patchColumns = (patch: LoopRuntimePatch): ColumnValues => ({
  wanted: patch.wanted,
  ...waitColumns(patch.wait),
  consecutive_failures: patch.streaks?.failures,
  no_progress: patch.streaks?.noProgress,
  carry_json: patch.carry && jsonOrNull(patch.carry),
  limits_json: jsonColumn(patch.limits),
  retry_json: jsonColumn(patch.retry),
});

const jsonColumn = (value: object | null | undefined): string | null | undefined =>
  value === undefined ? undefined : jsonOrNull(value ?? undefined);

function waitColumns(wait: LoopWait | null | undefined): ColumnValues {
  if (wait === undefined) return {};
  return {
    wait_kind: textOrNull(wait?.kind),
    wait_reason: textOrNull(wait?.reason),
    wait_since: millisOrNull(wait?.since),
    wait_until: millisOrNull(wait?.until),
  };
}
