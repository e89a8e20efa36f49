import { describe, expect, test } from "bun:test";
import type { ProfileId, RunId } from "../../src/core/ids.ts";
import { NO_STREAKS } from "../../src/core/run-streaks.ts";
import { queryEvents } from "../../src/store/event-queries.ts";
import { findLoopRuntime, patchLoopRuntime, takeOwnership } from "../../src/store/fx-loops.ts";
import { adoptRun, findRunRuntime, listUnfinishedRuns, patchRun } from "../../src/store/fx-runs.ts";
import { enqueue, listPending } from "../../src/store/loop-queue.ts";
import {
  countRunningByProfile,
  countRunningRuns,
  countRunsOfLoop,
  createRun,
  findRun,
  finishRun,
  getRun,
  killRunningRuns,
  listRunningRuns,
  listRuns,
} from "../../src/store/loop-runs.ts";
import { deleteLoop, getLoop } from "../../src/store/loops.ts";
import { createPool, getPool } from "../../src/store/pools.ts";
import { deleteProfile, setProfileCooldown } from "../../src/store/profiles.ts";
import { claimRun } from "../../src/store/run-claim.ts";
import { settleRun } from "../../src/store/run-settlement.ts";
import { errorOf } from "../support/error-of.ts";
import {
  addLoop,
  addProfile,
  message,
  NOW,
  NOW_TEXT,
  sampleClaim,
  sampleSettlement,
  storedRow,
  unknownId,
} from "./support/samples.ts";
import { inMemory } from "./support/temporary-store.ts";

const OWNER = { owner: "daemon", instanceId: "instance", bootId: "boot" } as const;

/** A loop that its runner has just taken, and a profile. */
function ready(maxConcurrency = 1) {
  const db = inMemory();
  const loop = addLoop(db, "a", { metadata: { theirs: 1 } });
  const profile = addProfile(db, "p", { maxConcurrency });
  const epoch = takeOwnership(db, loop.id, OWNER, NOW);
  return { db, loop, profile, epoch, [Symbol.dispose]: () => db.close() };
}

describe("rows of runs", () => {
  test("are stored and read with every value", () => {
    using db = inMemory();
    const loop = addLoop(db, "a");
    const run = createRun(
      db,
      {
        loopId: loop.id,
        promptSource: "override",
        promptPath: "/p",
        promptOverride: true,
        metadata: { kind: "main" },
      },
      NOW,
    );
    expect(storedRow(db, "loop_runs", run.id)).toEqual({
      id: run.id,
      loop_id: loop.id,
      profile_id: null,
      status: "running",
      prompt_source: "override",
      prompt_path: "/p",
      prompt_override: 1,
      started_at: NOW_TEXT,
      finished_at: null,
      exit_code: null,
      output_tail: null,
      metadata_json: '{"kind":"main"}',
    });
    finishRun(db, run.id, { status: "success", exitCode: 0, outputTail: "tail" }, NOW + 1000);
    expect(getRun(db, run.id)).toMatchObject({
      status: "success",
      exitCode: 0,
      outputTail: "tail",
      finishedAt: NOW + 1000,
      metadata: { kind: "main" },
    });
  });

  test("are listed newest first, also those of one second", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const runs = [0, 0, 0, 1000].map((later) => createRun(db, { loopId: id }, NOW + later).id);
    const newestFirst = runs.toReversed();
    expect(listRuns(db, id).map((run) => run.id)).toEqual(newestFirst);
    expect(listRuns(db, id, 2).map((run) => run.id)).toEqual(newestFirst.slice(0, 2));
    expect(countRunsOfLoop(db, id)).toBe(4);
  });

  test("are counted per profile while they run", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const profile = addProfile(db, "p");
    const [first] = [1, 2].map(() => createRun(db, { loopId: id, profileId: profile.id }, NOW));
    createRun(db, { loopId: id }, NOW);
    expect(countRunningByProfile(db, profile.id)).toBe(2);
    expect([...countRunningRuns(db)]).toEqual([[profile.id, 2]]);
    finishRun(db, first?.id as RunId, { status: "error", exitCode: 1 }, NOW);
    expect(countRunningByProfile(db, profile.id)).toBe(1);
    expect(listRunningRuns(db, id).length).toBe(2);
    expect(killRunningRuns(db, id, NOW)).toBe(2);
    expect(countRunningByProfile(db, profile.id)).toBe(0);
  });

  test("lose their profile, and nothing else, when it is deleted", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const profile = addProfile(db, "p");
    const run = createRun(db, { loopId: id, profileId: profile.id }, NOW);
    deleteProfile(db, profile.id);
    expect(getRun(db, run.id)).toEqual({ ...run, profileId: undefined });
  });

  test("unknown run: loop run not found", () => {
    using db = inMemory();
    for (const call of [
      () => getRun(db, unknownId<RunId>()),
      () => finishRun(db, unknownId<RunId>(), { status: "killed" }, NOW),
    ]) {
      expect(errorOf(call).message).toBe("loop run not found");
    }
  });

  test("a status that we do not know counts as running", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const run = createRun(db, { loopId: id }, NOW);
    db.run("PRAGMA ignore_check_constraints = ON; UPDATE loop_runs SET status = 'thinking'");
    expect(getRun(db, run.id).status).toBe("running");
  });
});

describe("claiming a run", () => {
  test("inserts the run, sets the loop running, moves round robin on and tells run.started, all at once", () => {
    using made = ready();
    const { db, loop, profile } = made;
    const pool = createPool(db, { name: "main", metadata: { theirs: 2 } }, NOW);
    const [item] = enqueue(db, loop.id, [message("hi")], NOW);
    const claim = sampleClaim(loop, profile, {
      promptPath: "/repo/PROMPT.md",
      itemIds: item ? [item.id] : [],
      member: { poolId: pool.id, index: 1, profileId: profile.id },
    });
    const result = claimRun(db, claim, NOW);
    expect(result).toMatchObject({ claimed: true, run: { id: claim.runId }, loop: { state: "running" } });
    expect(getRun(db, claim.runId)).toMatchObject({
      status: "running",
      profileId: profile.id,
      promptSource: "base",
      promptPath: "/repo/PROMPT.md",
      promptOverride: false,
      metadata: { kind: "main" },
    });
    expect(findRunRuntime(db, claim.runId)).toMatchObject({
      phase: "claimed",
      profileName: "p",
      harness: "claude",
      epoch: 1,
      dir: "/data/runs/1",
      itemIds: [item?.id],
    });
    expect(getPool(db, pool.id).metadata).toEqual({ theirs: 2, last_index: 1 });
    expect(queryEvents(db, { type: "run.started" }).events[0]?.metadata).toMatchObject({
      kind: "run",
      run_id: claim.runId,
    });
  });

  test.each([
    ["its only slot is taken", 1, 1, false],
    ["one of two slots is free", 2, 1, true],
    ["all of two slots are taken", 2, 2, false],
    ["it has no limit", 0, 5, true],
  ])("when %s", (_what, maxConcurrency, running, claimed) => {
    using made = ready(maxConcurrency);
    const { db, loop, profile } = made;
    for (let run = 0; run < running; run++) createRun(db, { loopId: loop.id, profileId: profile.id }, NOW);
    const result = claimRun(db, sampleClaim(loop, profile), NOW);
    expect(result.claimed).toBe(claimed);
    if (!result.claimed) expect(result.reason).toBe("busy");
    expect(countRunsOfLoop(db, loop.id)).toBe(running + Number(claimed));
  });

  test("waits for the end of a cooldown, to the second", () => {
    using made = ready();
    const { db, loop, profile } = made;
    setProfileCooldown(db, profile.id, NOW + 5000);
    expect(claimRun(db, sampleClaim(loop, profile), NOW)).toEqual({
      claimed: false,
      reason: "cooling",
    });
    expect(claimRun(db, sampleClaim(loop, profile), NOW + 5000).claimed).toBe(true);
  });

  test("is refused to a runner that was replaced, for a profile or loop that is gone", () => {
    using made = ready();
    const { db, loop, profile } = made;
    const gone = { ...profile, id: unknownId<ProfileId>() };
    expect(claimRun(db, sampleClaim(loop, gone), NOW)).toMatchObject({ reason: "no_profile" });
    takeOwnership(db, loop.id, OWNER, NOW);
    expect(claimRun(db, sampleClaim(loop, profile), NOW)).toMatchObject({ reason: "superseded" });
    deleteLoop(db, loop.id, NOW);
    expect(claimRun(db, sampleClaim(loop, profile), NOW)).toMatchObject({ reason: "gone" });
    expect(db.query("SELECT count(*) AS n FROM fx_runs").get()).toEqual({ n: 0 });
  });
});

describe("settling a run", () => {
  test("ends run, items and counters in one transaction and tells run.finished", () => {
    using made = ready();
    const { db, loop, profile } = made;
    const items = enqueue(db, loop.id, [message("used"), message("stays")], NOW);
    const claim = sampleClaim(loop, profile, { itemIds: items.slice(0, 1).map(({ id }) => id) });
    claimRun(db, claim, NOW);
    patchRun(db, claim.runId, { phase: "spawned", spawnedAt: NOW + 100, pid: 7 }, 1);
    patchLoopRuntime(db, loop.id, { carry: ["steered"], streaks: { failures: 3, noProgress: 0 } }, NOW);
    const settlement = sampleSettlement(claim, { clearsCarry: true, streaks: NO_STREAKS, exitStatus: 0 });
    expect(settleRun(db, settlement, NOW + 2100).settled).toBe(true);
    expect(getRun(db, claim.runId)).toMatchObject({ status: "success", exitCode: 0, outputTail: "all good" });
    expect(getLoop(db, loop.id)).toMatchObject({
      state: "sleeping",
      lastRunAt: NOW + 2000,
      lastExitCode: 0,
      lastError: undefined,
      metadata: { theirs: 1, iteration_count: 1, stop_state: { main_iteration_count: 1 } },
    });
    expect(listPending(db, loop.id).map(({ id }) => id)).toEqual(items.slice(1).map(({ id }) => id));
    expect(findRunRuntime(db, claim.runId)).toMatchObject({ phase: "settled", settledAt: NOW + 2100 });
    expect(findLoopRuntime(db, loop.id)).toMatchObject({ carry: [], streaks: NO_STREAKS });
    const [event] = queryEvents(db, { type: "run.finished" }).events;
    expect(JSON.parse(event?.payloadJson ?? "")).toMatchObject({ status: "success", duration_ms: 2000 });
  });

  test("counts main and judge runs apart, and not the runs that shall not count", () => {
    using made = ready(0);
    const { db, loop, profile } = made;
    const settle = (kind: "main" | "qual_stop", countsAsIteration: boolean) => {
      const claim = sampleClaim(loop, profile, { kind });
      claimRun(db, claim, NOW);
      settleRun(db, sampleSettlement(claim, { countsAsIteration }), NOW);
      return getLoop(db, loop.id).metadata;
    };
    settle("main", true);
    expect(settle("main", true)).toMatchObject({
      iteration_count: 2,
      stop_state: { main_iteration_count: 2 },
    });
    expect(settle("main", false)).toMatchObject({ iteration_count: 2 });
    expect(settle("qual_stop", true)).toMatchObject({
      iteration_count: 3,
      stop_state: { main_iteration_count: 2, qual_iteration_count: 1, qual_last_main_count: 2 },
    });
  });

  test("twice changes nothing the second time", () => {
    using made = ready();
    const { db, loop, profile } = made;
    const claim = sampleClaim(loop, profile);
    claimRun(db, claim, NOW);
    settleRun(db, sampleSettlement(claim), NOW);
    const again = settleRun(db, sampleSettlement(claim, { status: "error" }), NOW);
    expect(again).toEqual({ settled: false, reason: "already" });
    expect(getLoop(db, loop.id).metadata).toMatchObject({ iteration_count: 1 });
    expect(getRun(db, claim.runId).status).toBe("success");
  });

  test("is refused to a runner that was replaced, and after the loop was removed", () => {
    using made = ready();
    const { db, loop, profile } = made;
    const claim = sampleClaim(loop, profile);
    claimRun(db, claim, NOW);
    takeOwnership(db, loop.id, OWNER, NOW);
    expect(settleRun(db, sampleSettlement(claim), NOW)).toEqual({ settled: false, reason: "superseded" });
    expect(getRun(db, claim.runId).status).toBe("running");
    deleteLoop(db, loop.id, NOW);
    expect(settleRun(db, sampleSettlement(claim), NOW)).toEqual({ settled: false, reason: "gone" });
    expect(findRun(db, claim.runId)).toBeUndefined();
  });

  test("a failed run is told as run.failed and frees its slot", () => {
    using made = ready();
    const { db, loop, profile } = made;
    const claim = sampleClaim(loop, profile);
    claimRun(db, claim, NOW);
    settleRun(db, sampleSettlement(claim, { status: "error", exitCode: 3, lastError: "exit status 3" }), NOW);
    expect(getLoop(db, loop.id)).toMatchObject({ lastError: "exit status 3", lastExitCode: 3 });
    expect(queryEvents(db, { type: "run.failed" }).events.length).toBe(1);
    expect(claimRun(db, sampleClaim(loop, profile), NOW).claimed).toBe(true);
  });
});

describe("the phases of a run", () => {
  test("go forward only, and only for the loop's owner", () => {
    using made = ready();
    const { db, loop, profile } = made;
    const claim = sampleClaim(loop, profile);
    claimRun(db, claim, NOW);
    expect(patchRun(db, claim.runId, { phase: "spawned", pid: 7, pgid: 7, pidStarted: "123" }, 1)).toBe(true);
    expect(patchRun(db, claim.runId, { phase: "claimed" }, 1)).toBe(false);
    expect(patchRun(db, claim.runId, { lastSignAt: NOW + 1, outputBytes: 10 }, 1)).toBe(true);
    expect(patchRun(db, claim.runId, { phase: "exited" }, 2)).toBe(false);
    expect(patchRun(db, unknownId<RunId>(), { pid: 1 }, 1)).toBe(false);
    expect(findRunRuntime(db, claim.runId)).toMatchObject({
      phase: "spawned",
      pid: 7,
      pidStarted: "123",
      lastSignAt: NOW + 1,
      outputBytes: 10,
    });
  });

  test("are found by the next owner, who takes the run over", () => {
    using made = ready();
    const { db, loop, profile } = made;
    const claim = sampleClaim(loop, profile);
    claimRun(db, claim, NOW);
    patchRun(db, claim.runId, { phase: "spawned", pid: 7 }, 1);
    const next = {
      instanceId: "next",
      epoch: takeOwnership(db, loop.id, { ...OWNER, instanceId: "next" }, NOW),
    };
    expect(listUnfinishedRuns(db, loop.id)).toMatchObject([
      { runId: claim.runId, phase: "spawned", epoch: 1 },
    ]);
    expect(adoptRun(db, claim.runId, { instanceId: "old", epoch: 1 })).toBe(false);
    expect(adoptRun(db, claim.runId, next)).toBe(true);
    expect(patchRun(db, claim.runId, { phase: "exited" }, 1)).toBe(false);
    expect(settleRun(db, sampleSettlement(claim, { epoch: next.epoch }), NOW).settled).toBe(true);
    expect(listUnfinishedRuns(db)).toMatchObject([{ phase: "settled" }]);
    patchRun(db, claim.runId, { phase: "recorded" }, next.epoch);
    expect(listUnfinishedRuns(db)).toEqual([]);
  });

  test("of a loop that is gone are ignored", () => {
    using made = ready();
    const { db, loop, profile } = made;
    claimRun(db, sampleClaim(loop, profile), NOW);
    deleteLoop(db, loop.id, NOW);
    expect(listUnfinishedRuns(db)).toEqual([]);
  });
});
