import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Loop } from "../../src/core/loop.ts";
import { readLoopMetadata } from "../../src/core/loop-metadata.ts";
import type { Profile } from "../../src/core/profile.ts";
import { listEventsAfterRow } from "../../src/store/events.ts";
import { findLoopRuntime } from "../../src/store/fx-loops.ts";
import { addPoolMember } from "../../src/store/pool-members.ts";
import { createPool } from "../../src/store/pools.ts";
import { freeProfile } from "../../src/store/profile-limits.ts";
import { findStanding } from "../../src/store/profile-standings.ts";
import { getProfile } from "../../src/store/profiles.ts";
import { listQuota } from "../../src/store/quota.ts";
import { lastOutcomes } from "../../src/store/run-outcomes.ts";
import { MADE_UP } from "../harness/made-up-streams.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

let world: LoopWorld;

beforeEach(async () => {
  world = await LoopWorld.make();
});
afterEach(() => world[Symbol.asyncDispose]());

/** Tells a limit by its exit code. */
const LIMITED = { commandTemplate: "exit 9", env: { FORGE_EXIT_RATE_LIMITED: "9" }, harness: "" };
const WELL = { commandTemplate: 'echo "$FORGE_PROMPT_CONTENT"', harness: "" };

function codexThatEnds(name: string, what: string): Partial<Profile> {
  const output = MADE_UP.find((made) => made.what === what)?.output;
  if (typeof output !== "string") throw new Error(`no such stream: ${what}`);
  return { name, harness: "codex", commandTemplate: `cat ${world.file(`${name}.jsonl`, output)}; exit 1` };
}

function pooled(...drafts: Partial<Profile>[]): { loop: Loop; profiles: Profile[] } {
  const pool = createPool(world.db, { name: "main" }, world.deps.now());
  const profiles = drafts.map((draft) => world.profile([], draft));
  for (const { id } of profiles)
    addPoolMember(world.db, { poolId: pool.id, profileId: id }, world.deps.now());
  return { loop: world.loop({ poolId: pool.id, maxIterations: 2 }), profiles };
}

const waits = (loop: Loop) =>
  waitFor(() => world.read(loop).state === "waiting", { what: "the loop to wait" });
const waitOf = (loop: Loop) => findLoopRuntime(world.db, loop.id)?.wait;
const typesOf = (entityId: string) =>
  listEventsAfterRow(world.db, 0)
    .filter(({ event }) => event.entityId === entityId)
    .map(({ event }) => event.type);

describe("15 section 4.1: a limit in a loop with a pool", () => {
  test("is no iteration: its items go to the next free member at once, and only there", async () => {
    const { loop, profiles } = pooled({ name: "a", ...LIMITED }, { name: "b", ...WELL });
    const [item] = world.enqueue(loop, { type: "message_append", payload: { text: "Mind the tests." } });
    await world.start(loop).ended;

    const runs = world.runs(loop);
    expect(runs.map(({ profileId, status }) => [profileId, status])).toEqual([
      [profiles[0]?.id, "error"],
      [profiles[1]?.id, "success"],
      [profiles[1]?.id, "success"],
    ]);
    expect(runs.map(({ outputTail }) => outputTail?.includes("Mind the tests.") ?? false)).toEqual([
      false,
      true,
      false,
    ]);
    expect(world.queue(loop)).toMatchObject([{ id: item?.id, status: "completed" }]);
    const { metadata, lastError } = world.read(loop);
    expect(readLoopMetadata(metadata)).toMatchObject({ iterationCount: 2, stopState: { mainIterations: 2 } });
    expect(lastError).toBe("max iterations reached (2)");

    const cooled = getProfile(world.db, profiles[0]?.id as Profile["id"]);
    const until = new Date(cooled.cooldownUntil ?? 0).toISOString().replace(".000", "");
    expect(world.logLines(loop)).toContain(
      `run ${runs[0]?.id} rate_limited (profile=a, until=${until}); trying next profile`,
    );
    expect(findStanding(world.db, cooled.id)).toMatchObject({
      limitsInRow: 1,
      cooldown: { source: "default", reason: "exit", until: cooled.cooldownUntil },
    });
    expect(typesOf(cooled.id)).toEqual(["profile.cooled", "cooldown.started", "rate_limit.detected"]);
  });

  test("a pause behind its items waits until their work is done", async () => {
    const { loop, profiles } = pooled({ name: "a", ...LIMITED }, { name: "b", ...WELL });
    world.enqueue(
      loop,
      { type: "message_append", payload: { text: "Mind the tests." } },
      { type: "pause", payload: { duration_seconds: 3600 } },
    );
    world.start(loop);
    await waitFor(() => world.read(loop).state === "sleeping" && world.runs(loop).length > 1, {
      what: "the pause",
    });
    expect(world.runs(loop).map(({ profileId }) => profileId)).toEqual(profiles.map(({ id }) => id));
    expect(world.queue(loop).map(({ type, status }) => [type, status])).toEqual([
      ["message_append", "completed"],
      ["pause", "pending"],
    ]);
  });

  test("tries each member once and then waits until the first of them is free", async () => {
    const { loop, profiles } = pooled({ name: "a", ...LIMITED }, { name: "b", ...LIMITED });
    const runner = world.start(loop);
    await waits(loop);
    expect(world.runs(loop)).toHaveLength(2);
    const first = Math.min(...profiles.map(({ id }) => getProfile(world.db, id).cooldownUntil ?? 0));
    const { lastError = "", metadata } = world.read(loop);
    expect(lastError).toStartWith("waiting for profile availability until ");
    expect(readLoopMetadata(metadata).waitUntil).toBe(first);
    expect(waitOf(loop)).toMatchObject({ kind: "profile", reason: "all profiles of pool main are cooling" });
    runner.control.ask("shutdown");
    await runner.ended;
  });

  test("with every member parked it waits for a person, and goes on when one of them is cleared", async () => {
    const { loop, profiles } = pooled(
      codexThatEnds("a", "codex without a login"),
      codexThatEnds("b", "codex without credits"),
    );
    const runner = world.start(loop);
    await waits(loop);
    expect(world.read(loop).lastError).toBe("waiting: all profiles of pool main parked");
    expect(readLoopMetadata(world.read(loop).metadata).waitUntil).toBeUndefined();
    expect(waitOf(loop)).toMatchObject({ kind: "parked", reason: "all profiles of pool main parked" });
    const [a, b] = profiles.map(({ id }) => findStanding(world.db, id).parking?.kind);
    expect([a, b]).toEqual(["auth", "quota_spent"]);
    const [parked] = profiles;
    if (!parked) throw new Error("no profile");
    expect(typesOf(parked.id)).toEqual(["profile.parked"]);

    world.db.run("UPDATE profiles SET command_template = 'true', harness = ''");
    freeProfile(world.db, parked, world.deps.now());
    world.wakeUps.slotFreed();
    await runner.ended;
    expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "max iterations reached (2)" });
    expect(typesOf(parked.id)).toEqual(["profile.parked", "profile.freed"]);
  });

  test("without limits.failover it waits for the profile that is limited, though another one is free", async () => {
    world.deps = {
      ...world.deps,
      config: { ...world.config, limits: { ...world.config.limits, failover: false } },
    };
    const { loop } = pooled({ name: "a", ...LIMITED }, { name: "b", ...WELL });
    const runner = world.start(loop);
    await waits(loop);
    expect(world.runs(loop)).toHaveLength(1);
    expect(waitOf(loop)?.reason).toBe("profile a is cooling");
    runner.control.ask("shutdown");
    await runner.ended;
  });

  test("forge run makes its one run with the member that can", async () => {
    const { loop } = pooled({ name: "a", ...LIMITED }, { name: "b", ...WELL });
    await world.once(loop);
    expect(world.runs(loop).map(({ status }) => status)).toEqual(["error", "success"]);
    expect(world.read(loop).state).toBe("stopped");
  });
});

describe("a runner that crashes at a limit", () => {
  test.each(["before-settle", "after-settle", "after-ledger"])(
    "at %s leaves it to the next one to go on with the next profile, once",
    async (point) => {
      const { loop, profiles } = pooled({ name: "a", ...LIMITED }, { name: "b", ...WELL });
      world.db.run("UPDATE loops SET max_iterations = 1 WHERE id = ?", [loop.id]);
      world.enqueue(loop, { type: "message_append", payload: { text: "Mind the tests." } });
      const crashed = Bun.spawn([process.execPath, join(import.meta.dir, "runner-process.ts"), loop.id], {
        cwd: world.repo,
        env: { ...world.env, FORGE_DATA_DIR: world.dataDir, FORGE_FAULT: point },
        stdio: ["ignore", "ignore", "inherit"],
      });
      await crashed.exited;
      await world.start(loop, { goesOn: true }).ended;

      const runs = world.runs(loop);
      expect(runs.map(({ profileId, status }) => [profileId, status])).toEqual([
        [profiles[0]?.id, "error"],
        [profiles[1]?.id, "success"],
      ]);
      expect(runs.map(({ outputTail }) => outputTail?.includes("Mind the tests.") ?? false)).toEqual([
        false,
        true,
      ]);
      expect(world.queue(loop).map(({ status }) => status)).toEqual(["completed"]);
      expect(readLoopMetadata(world.read(loop).metadata).iterationCount).toBe(1);
      expect(findStanding(world.db, profiles[0]?.id as Profile["id"]).limitsInRow).toBe(1);
      for (const { id } of runs) expect(world.ledger(loop).split(`- run_id: ${id}\n`)).toHaveLength(2);
    },
  );
});

describe("15 section 4.1: a limit of a pinned profile", () => {
  test("is waited for", async () => {
    const profile = world.profile([], { name: "a", ...LIMITED });
    const loop = world.loop({ profileId: profile.id, maxIterations: 1 });
    const runner = world.start(loop);
    await waits(loop);
    const [run] = world.runs(loop);
    expect(
      world.logLines(loop).some((line) => line.startsWith(`run ${run?.id} rate_limited (profile=a, until=`)),
    ).toBe(true);
    expect(world.log(loop)).not.toContain("trying next profile");
    expect(lastOutcomes(world.db, [loop.id]).get(loop.id)?.outcome).toBe("rate_limited");
    world.db.run("UPDATE profiles SET command_template = 'true'");
    freeProfile(world.db, getProfile(world.db, profile.id), world.deps.now());
    world.wakeUps.slotFreed();
    await runner.ended;
    expect(world.runs(loop).map(({ status }) => status)).toEqual(["error", "success"]);
    expect(readLoopMetadata(world.read(loop).metadata).iterationCount).toBe(1);
  });

  test("or for a person, when its login is gone; asked to look again it says so again", async () => {
    const profile = world.profile([], codexThatEnds("a", "codex without a login"));
    const loop = world.loop({ profileId: profile.id });
    const runner = world.start(loop);
    await waits(loop);
    expect(world.read(loop).lastError).toBe("waiting: profile a parked (auth)");
    expect(world.logLines(loop).filter((line) => line.startsWith("profile a parked: "))).toHaveLength(1);
    runner.control.ask("shutdown");
    await runner.ended;
  });
});

test("15 section 4.5: what a run tells of its limits is kept; edge cases: also of one that was lifted", async () => {
  const output = MADE_UP.find(
    ({ what }) => what === "claude with a rejected limit that was overcome",
  )?.output;
  const file = world.file("lifted.jsonl", String(output));
  const profile = world.profile([], { name: "a", harness: "claude", commandTemplate: `cat ${file}` });
  const loop = world.loop({ profileId: profile.id, maxIterations: 1 });
  await world.start(loop).ended;
  expect(lastOutcomes(world.db, [loop.id]).get(loop.id)?.outcome).toBe("ok");
  expect(listQuota(world.db).get(profile.id)).toMatchObject([
    { window: "five_hour", status: "rejected", source: "stream" },
  ]);
  expect(getProfile(world.db, profile.id).cooldownUntil).toBeUndefined();
});

test("15 section 4.5: what a run tells of its limits can be seen while it goes on; a reset that is no time is left out", async () => {
  const limit = (window: string, resetsAt: number) =>
    JSON.stringify({
      type: "rate_limit_event",
      rate_limit_info: { status: "allowed_warning", rateLimitType: window, utilization: 0.9, resetsAt },
    });
  const file = world.file(
    "limits.jsonl",
    `${limit("five_hour", 4102444800)}\n${limit("seven_day", 1e300)}\n`,
  );
  const profile = world.profile([], {
    name: "a",
    harness: "claude",
    commandTemplate: `cat ${file}; sleep 60`,
  });
  const loop = world.loop({ profileId: profile.id });
  const runner = world.start(loop);
  const figures = await waitFor(() => listQuota(world.db).get(profile.id), { what: "the figures" });
  expect(world.runs(loop)).toMatchObject([{ status: "running" }]);
  expect(figures).toMatchObject([
    { window: "five_hour", used: 0.9, status: "warning", resetAt: 4102444800000 },
    { window: "seven_day", status: "warning", resetAt: undefined },
  ]);
  runner.control.ask("shutdown");
  await runner.ended;
  expect(world.runs(loop)).toMatchObject([{ status: "killed" }]);
});

test("15 section 4.5: a limit that has no window is kept as such until the provider works again", async () => {
  const profile = world.profile([], { name: "a", ...LIMITED });
  const loop = world.loop({ profileId: profile.id, maxIterations: 1 });
  const runner = world.start(loop);
  await waits(loop);
  expect(listQuota(world.db).get(profile.id)).toMatchObject([
    { window: "", status: "rejected", source: "error" },
  ]);
  world.db.run("UPDATE profiles SET command_template = 'true'");
  freeProfile(world.db, getProfile(world.db, profile.id), world.deps.now());
  world.wakeUps.slotFreed();
  await runner.ended;
  expect(listQuota(world.db).get(profile.id)).toBeUndefined();
});
