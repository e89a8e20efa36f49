import type { LoopId, ProfileId, QueueItemId, RunId } from "../core/ids.ts";
import type { RunKind } from "../core/run.ts";
import { formatTimeMillis, type Instant, parseTime } from "../core/time.ts";
import {
  jsonOrNull,
  numberOrNull,
  readNumberColumn,
  readTextColumn,
  readTextList,
  textOrNull,
} from "./columns.ts";
import type { Db } from "./database.ts";
import { type ColumnValues, insertRow, updateRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

/**
 * How far a run has come (spec/10 section 14): its row is there, its process is known, its end was seen, its end is in the
 * database, its ledger entry is written.
 */
export type RunPhase = "claimed" | "spawned" | "exited" | "settled" | "recorded";

/**
 * Why a run was ended, or that its end was not seen; undefined when it ended by itself. `grace`: it had said that it was
 * done, and did not leave.
 */
export type RunEndReason = "kill" | "steer" | "shutdown" | "stall" | "timeout" | "budget" | "grace" | "lost";

/** What Forge alone knows of a run: a row of `fx_runs`. */
export interface RunRuntime {
  runId: RunId;
  loopId?: LoopId | undefined;
  kind: RunKind;
  profileId?: ProfileId | undefined;
  profileName?: string | undefined;
  harness?: string | undefined;
  instanceId?: string | undefined;
  epoch: number;
  phase: RunPhase;
  pid?: number | undefined;
  pgid?: number | undefined;
  /** Start time of the process as the system tells it; only compared. */
  pidStarted?: string | undefined;
  bootId?: string | undefined;
  dir?: string | undefined;
  /** Size of the loop's log when the run began. */
  logOffset?: number | undefined;
  outputBytes?: number | undefined;
  /** As the shell gave it, before signals are told apart. */
  exitStatus?: number | undefined;
  endReason?: RunEndReason | undefined;
  /** Queue items that this run consumes. */
  itemIds: QueueItemId[];
  spawnedAt?: Instant | undefined;
  firstOutputAt?: Instant | undefined;
  lastSignAt?: Instant | undefined;
  exitedAt?: Instant | undefined;
  settledAt?: Instant | undefined;
}

interface RunRuntimeRow {
  run_id: RunId;
  loop_id: LoopId | null;
  kind: RunKind;
  profile_id: ProfileId | null;
  profile_name: string | null;
  harness: string | null;
  instance_id: string | null;
  epoch: number;
  phase: RunPhase;
  pid: number | null;
  pgid: number | null;
  pid_started: string | null;
  boot_id: string | null;
  dir: string | null;
  log_offset: number | null;
  output_bytes: number | null;
  exit_status: number | null;
  end_reason: RunEndReason | null;
  item_ids_json: string | null;
  spawned_at: string | null;
  first_output_at: string | null;
  last_sign_at: string | null;
  exited_at: string | null;
  settled_at: string | null;
}

const toRunRuntime = (row: RunRuntimeRow): RunRuntime => ({
  runId: row.run_id,
  loopId: readTextColumn(row.loop_id),
  kind: row.kind,
  profileId: readTextColumn(row.profile_id),
  profileName: readTextColumn(row.profile_name),
  harness: readTextColumn(row.harness),
  instanceId: readTextColumn(row.instance_id),
  epoch: row.epoch,
  phase: row.phase,
  pid: readNumberColumn(row.pid),
  pgid: readNumberColumn(row.pgid),
  pidStarted: readTextColumn(row.pid_started),
  bootId: readTextColumn(row.boot_id),
  dir: readTextColumn(row.dir),
  logOffset: readNumberColumn(row.log_offset),
  outputBytes: readNumberColumn(row.output_bytes),
  exitStatus: readNumberColumn(row.exit_status),
  endReason: readTextColumn(row.end_reason),
  itemIds: readTextList<QueueItemId>(row.item_ids_json),
  spawnedAt: parseTime(row.spawned_at),
  firstOutputAt: parseTime(row.first_output_at),
  lastSignAt: parseTime(row.last_sign_at),
  exitedAt: parseTime(row.exited_at),
  settledAt: parseTime(row.settled_at),
});

export function findRunRuntime(db: Db, runId: RunId): RunRuntime | undefined {
  const row = db.query<RunRuntimeRow, [string]>("SELECT * FROM fx_runs WHERE run_id = ?").get(runId);
  return row ? toRunRuntime(row) : undefined;
}

/** Runs whose last step is not done yet, of one loop or of all, oldest first. What a new owner takes up. */
export function listUnfinishedRuns(db: Db, loopId?: LoopId): RunRuntime[] {
  return db
    .query<RunRuntimeRow, { loopId: string | null }>(
      `SELECT fx_runs.* FROM fx_runs JOIN loops ON loops.id = fx_runs.loop_id
       WHERE ($loopId IS NULL OR fx_runs.loop_id = $loopId)
         AND phase IN ('claimed', 'spawned', 'exited', 'settled')
       ORDER BY fx_runs.rowid`,
    )
    .all({ loopId: loopId ?? null })
    .map(toRunRuntime);
}

/** Stores a run in phase `claimed`; part of `claimRun`. */
export function insertRunRuntime(db: Db, run: Omit<RunRuntime, "phase">): void {
  insertRow(db, "fx_runs", {
    run_id: run.runId,
    loop_id: textOrNull(run.loopId),
    kind: run.kind,
    profile_id: textOrNull(run.profileId),
    profile_name: textOrNull(run.profileName),
    harness: textOrNull(run.harness),
    instance_id: textOrNull(run.instanceId),
    epoch: run.epoch,
    phase: "claimed",
    boot_id: textOrNull(run.bootId),
    dir: textOrNull(run.dir),
    log_offset: numberOrNull(run.logOffset),
    item_ids_json: jsonOrNull(run.itemIds),
  });
}

/** Values to write; a key that is absent or undefined stays as it is. */
export interface RunRuntimePatch {
  phase?: RunPhase | undefined;
  pid?: number | undefined;
  pgid?: number | undefined;
  pidStarted?: string | undefined;
  bootId?: string | undefined;
  logOffset?: number | undefined;
  outputBytes?: number | undefined;
  exitStatus?: number | undefined;
  endReason?: RunEndReason | undefined;
  spawnedAt?: Instant | undefined;
  firstOutputAt?: Instant | undefined;
  lastSignAt?: Instant | undefined;
  exitedAt?: Instant | undefined;
  settledAt?: Instant | undefined;
}

/**
 * Writes some values of a run while `epoch` is its loop's. False, with nothing written, when the writer was replaced, the
 * run is unknown, or `patch.phase` lies behind the phase that it has.
 */
export function patchRun(db: Db, runId: RunId, patch: RunRuntimePatch, epoch: number): boolean {
  return inTransaction(db, () => {
    const current = currentPhase(db, runId);
    if (!current || current.epoch !== epoch) return false;
    if (patch.phase && PHASES.indexOf(patch.phase) < PHASES.indexOf(current.phase)) return false;
    return updateRow(db, "fx_runs", { run_id: runId }, patchColumns(patch));
  });
}

const PHASES: readonly RunPhase[] = ["claimed", "spawned", "exited", "settled", "recorded"];

/** The phase of a run and the epoch that its writers must have: the one of its loop. */
const currentPhase = (db: Db, runId: RunId): { phase: RunPhase; epoch: number } | undefined =>
  db
    .query<{ phase: RunPhase; epoch: number }, [string]>(
      `SELECT phase, COALESCE(fx_loops.epoch, fx_runs.epoch) AS epoch
       FROM fx_runs LEFT JOIN fx_loops ON fx_loops.loop_id = fx_runs.loop_id WHERE run_id = ?`,
    )
    .get(runId) ?? undefined;

/** Puts a leftover run into the hands of the loop's present owner. False when `epoch` is not the loop's. */
export function adoptRun(db: Db, runId: RunId, owner: { instanceId: string; epoch: number }): boolean {
  return inTransaction(db, () => {
    if (currentPhase(db, runId)?.epoch !== owner.epoch) return false;
    return updateRow(db, "fx_runs", { run_id: runId }, { instance_id: owner.instanceId, epoch: owner.epoch });
  });
}

const patchColumns = (patch: RunRuntimePatch): ColumnValues => ({
  phase: patch.phase,
  pid: patch.pid,
  pgid: patch.pgid,
  pid_started: patch.pidStarted,
  boot_id: patch.bootId,
  log_offset: patch.logOffset,
  output_bytes: patch.outputBytes,
  exit_status: patch.exitStatus,
  end_reason: patch.endReason,
  spawned_at: millis(patch.spawnedAt),
  first_output_at: millis(patch.firstOutputAt),
  last_sign_at: millis(patch.lastSignAt),
  exited_at: millis(patch.exitedAt),
  settled_at: millis(patch.settledAt),
});

const millis = (at: Instant | undefined): string | undefined =>
  at === undefined ? undefined : formatTimeMillis(at);
