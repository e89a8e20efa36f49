import type { EventId, LoopId, PoolId, ProfileId, QueueItemId, RunId } from "../../src/core/ids.ts";
import type { Loop } from "../../src/core/loop.ts";
import type { Profile } from "../../src/core/profile.ts";
import type { QueueItem } from "../../src/core/queue.ts";
import type { LoopRun } from "../../src/core/run.ts";

/** 2026-01-02T03:04:05Z, with a fraction that is never printed. */
export const SAMPLE_TIME = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
export const SAMPLE_TIME_TEXT = "2026-01-02T03:04:05Z";

// The brands of ids exist for the compiler only; these are what rows would carry.
export const loopId = (text: string) => text as LoopId;
const runId = (text: string) => text as RunId;
export const profileId = (text: string) => text as ProfileId;
export const poolId = (text: string) => text as PoolId;
const queueItemId = (text: string) => text as QueueItemId;
export const eventId = (text: string) => text as EventId;

/** A loop with nothing optional set. */
export const sampleLoop = (changes: Partial<Loop> = {}): Loop => ({
  id: loopId("80354eef-1541-4c05-a089-859ff3d6e89c"),
  shortId: "kxcb0dm5",
  name: "builder",
  repoPath: "/repo",
  intervalSeconds: 30,
  maxIterations: 0,
  maxRuntimeSeconds: 0,
  state: "stopped",
  tags: [],
  createdAt: SAMPLE_TIME,
  updatedAt: SAMPLE_TIME,
  ...changes,
});

/** A run that has just begun. */
export const sampleRun = (changes: Partial<LoopRun> = {}): LoopRun => ({
  id: runId("36b9664b-332d-4e68-8ca1-3d68b6342730"),
  loopId: sampleLoop().id,
  status: "running",
  promptOverride: false,
  startedAt: SAMPLE_TIME,
  ...changes,
});

export const sampleQueueItem = (changes: Partial<QueueItem> = {}): QueueItem => ({
  id: queueItemId("35b7739c-2143-417d-9850-ef084529eeb8"),
  loopId: sampleLoop().id,
  type: "message_append",
  position: 1,
  status: "pending",
  attempts: 0,
  payloadJson: '{"text":"hello"}',
  createdAt: SAMPLE_TIME,
  ...changes,
});

/** A profile with nothing optional set. */
export const sampleProfile = (changes: Partial<Profile> = {}): Profile => ({
  id: profileId("ba530aad-d0f1-4d30-9651-999958867673"),
  name: "claude-a",
  harness: "claude",
  promptMode: "env",
  commandTemplate: "claude -p",
  extraArgs: [],
  env: {},
  maxConcurrency: 1,
  createdAt: SAMPLE_TIME,
  updatedAt: SAMPLE_TIME,
  ...changes,
});
