import type { EventDraft } from "../core/event.ts";
import type { LoopId } from "../core/ids.ts";
import type { Loop, LoopState } from "../core/loop.ts";
import { changeLoopMetadata, type LoopMetadataChanges } from "../core/loop-metadata.ts";
import type { Instant } from "../core/time.ts";
import { timeOrNull } from "./columns.ts";
import type { Db } from "./database.ts";
import { appendEvent } from "./events.ts";
import { holdsEpoch, type LoopRuntimePatch, patchLoopRuntime } from "./fx-loops.ts";
import { findLoop, getLoop } from "./loops.ts";
import { type ColumnValues, updateRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

/** Values to write; a key that is absent or undefined stays as it is, null clears. */
export interface LoopPatch {
  state?: LoopState | undefined;
  lastRunAt?: Instant | undefined;
  lastExitCode?: number | null | undefined;
  lastError?: string | null | undefined;
  logPath?: string | undefined;
  ledgerPath?: string | undefined;
  /** By key: keys that are not named survive, also those of other programs. */
  metadata?: LoopMetadataChanges | undefined;
  /** What Forge alone knows of the loop, changed in the same transaction. */
  runtime?: LoopRuntimePatch | undefined;
}

export interface LoopPatchOptions {
  /** Compare and set: only when the loop is in one of these states now. */
  from?: readonly LoopState[] | undefined;
  /** Only while this is the loop's epoch: a runner that was replaced writes nothing. */
  epoch?: number | undefined;
  /** An event to store in the same transaction, made from the loop as it is after the change. */
  tell?: ((loop: Loop) => EventDraft) | undefined;
}

/**
 * Changes some values of a loop in one transaction and returns the loop as it is then; undefined, with nothing written,
 * when it is gone or a condition does not hold. What belongs to a state goes with it: leaving `waiting` removes
 * `wait_until` and the reason to wait, `stopped` and `error` make the loop `wanted` stopped, unless the patch says otherwise.
 */
export function patchLoop(
  db: Db,
  id: LoopId,
  patch: LoopPatch,
  now: Instant,
  { from, epoch, tell }: LoopPatchOptions = {},
): Loop | undefined {
  return inTransaction(db, () => {
    const loop = findLoop(db, id);
    if (!loop) return undefined;
    if (from && !from.includes(loop.state)) return undefined;
    if (epoch !== undefined && !holdsEpoch(db, id, epoch)) return undefined;
    const { metadata, runtime } = withStateRules(patch);
    updateRow(
      db,
      "loops",
      { id },
      { ...patchColumns(patch), metadata_json: changedMetadata(loop, metadata) },
    );
    if (runtime) patchLoopRuntime(db, id, runtime, now, { onlyExisting: patch.runtime === undefined });
    const changed = getLoop(db, id);
    if (tell) appendEvent(db, tell(changed), now);
    return changed;
  });
}

const patchColumns = (patch: LoopPatch): ColumnValues => ({
  state: patch.state,
  last_run_at: patch.lastRunAt === undefined ? undefined : timeOrNull(patch.lastRunAt),
  last_exit_code: patch.lastExitCode,
  last_error: patch.lastError === undefined ? undefined : patch.lastError || null,
  log_path: patch.logPath,
  ledger_path: patch.ledgerPath,
});

function changedMetadata({ metadata }: Loop, changes: LoopMetadataChanges | undefined): string | undefined {
  if (changes === undefined) return undefined;
  const before = JSON.stringify(metadata ?? {});
  const after = JSON.stringify(changeLoopMetadata(metadata, changes));
  return after === before ? undefined : after;
}

function withStateRules({ state, metadata, runtime }: LoopPatch): Pick<LoopPatch, "metadata" | "runtime"> {
  if (state === undefined) return { metadata, runtime };
  const ends = state === "stopped" || state === "error";
  return {
    metadata: state === "waiting" ? metadata : { waitUntil: null, ...metadata },
    runtime: { wait: null, ...(ends && { wanted: "stopped" as const }), ...runtime },
  };
}
