import type { LoopId, QueueItemId, RunId } from "../../../src/core/ids.ts";
import { newId } from "../../../src/core/ids.ts";
import type { Loop } from "../../../src/core/loop.ts";
import type { Profile } from "../../../src/core/profile.ts";
import { queueItemDraft } from "../../../src/core/queue-payload.ts";
import type { Db } from "../../../src/store/database.ts";
import { createLoop, type LoopDraft } from "../../../src/store/loops.ts";
import { createProfile, type ProfileDraft } from "../../../src/store/profiles.ts";
import type { RunClaim } from "../../../src/store/run-claim.ts";
import type { RunSettlement } from "../../../src/store/run-settlement.ts";

/** 2026-01-02T03:04:05Z. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
export const NOW_TEXT = "2026-01-02T03:04:05Z";

/** An id that nothing has. */
export const unknownId = <T extends string>(): T => newId<T>();

export const addLoop = (db: Db, name: string, draft: Partial<LoopDraft> = {}, now = NOW): Loop =>
  createLoop(db, { name, repoPath: "/repo", ...draft }, now);

export const addProfile = (db: Db, name: string, draft: Partial<ProfileDraft> = {}): Profile =>
  createProfile(db, { name, harness: "claude", commandTemplate: "true", ...draft }, NOW);

export const message = (text: string) => queueItemDraft({ type: "message_append", payload: { text } });

/** A claim of a normal iteration by the owner of epoch 1. */
export const sampleClaim = (loop: Loop, profile: Profile, changes: Partial<RunClaim> = {}): RunClaim => ({
  runId: newId<RunId>(),
  loopId: loop.id,
  profileId: profile.id,
  kind: "main",
  promptSource: "base",
  itemIds: [],
  dir: "/data/runs/1",
  instanceId: "instance",
  epoch: 1,
  bootId: "boot",
  budgets: { timezone: "UTC", defaultReserveUsd: 0.5 },
  ...changes,
});

/** The settlement of a run that succeeded. */
export const sampleSettlement = (
  run: { runId: RunId; loopId: LoopId; itemIds?: readonly QueueItemId[] },
  changes: Partial<RunSettlement> = {},
): RunSettlement => ({
  runId: run.runId,
  loopId: run.loopId,
  epoch: 1,
  status: "success",
  exitCode: 0,
  outputTail: "all good",
  lastError: null,
  state: "sleeping",
  countsAsIteration: true,
  completedItems: run.itemIds ?? [],
  clearsCarry: false,
  limits: { defaultCooldown: 300_000, maxCooldown: 192 * 3_600_000 },
  charge: { prices: [], hasRun: true, budgets: { timezone: "UTC", defaultReserveUsd: 0.5 } },
  ...changes,
});

/** The columns of one row as stored. */
export const storedRow = (db: Db, table: string, id: string): Record<string, unknown> => {
  const row = db.query<Record<string, unknown>, [string]>(`SELECT * FROM ${table} WHERE id = ?`).get(id);
  if (!row) throw new Error(`no row ${id} in ${table}`);
  return row;
};
