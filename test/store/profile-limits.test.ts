import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { RunId } from "../../src/core/ids.ts";
import type { Loop } from "../../src/core/loop.ts";
import type { Outcome, ToldOutcome } from "../../src/core/outcome.ts";
import type { Profile } from "../../src/core/profile.ts";
import type { CooldownSource } from "../../src/core/profile-standing.ts";
import type { Db } from "../../src/store/database.ts";
import { listEventsAfterRow } from "../../src/store/events.ts";
import { takeOwnership } from "../../src/store/fx-loops.ts";
import { patchLoop } from "../../src/store/loop-updates.ts";
import { freeProfile, setCooldown } from "../../src/store/profile-limits.ts";
import { endProbe, isProbe } from "../../src/store/profile-probe.ts";
import { findStanding, patchStanding } from "../../src/store/profile-standings.ts";
import { getProfile, setProfileCooldown } from "../../src/store/profiles.ts";
import { claimRun } from "../../src/store/run-claim.ts";
import { settleRun } from "../../src/store/run-settlement.ts";
import { addLoop, addProfile, NOW, sampleClaim, sampleSettlement } from "./support/samples.ts";
import { inMemory } from "./support/temporary-store.ts";

const HOUR = 3_600_000;
const RESET = NOW + HOUR;

let db: Db;
let profile: Profile;
let loops: [Loop, Loop];

beforeEach(() => {
  db = inMemory();
  profile = addProfile(db, "a", { maxConcurrency: 5 });
  const add = (name: string) => {
    const loop = addLoop(db, name, { profileId: profile.id });
    takeOwnership(db, loop.id, { owner: "daemon", instanceId: "instance", bootId: "boot" }, NOW);
    return loop;
  };
  loops = [add("first"), add("second")];
});
afterEach(() => db.close());

const waits = (loop: Loop) =>
  patchLoop(db, loop.id, { state: "waiting", runtime: { wait: { kind: "profile", since: NOW } } }, NOW);

const claim = (loop: Loop, now: number) => claimRun(db, sampleClaim(loop, profile), now);

function started(loop: Loop, now: number): RunId {
  const result = claim(loop, now);
  if (!result.claimed) throw new Error(result.reason);
  return result.run.id;
}

const told = (outcome: Outcome, changes: Partial<ToldOutcome> = {}): ToldOutcome => ({
  outcome,
  costSource: "none",
  evidence: { rule: 0, lines: [] },
  isSessionTotal: false,
  quota: [],
  ...changes,
});

const settle = (loop: Loop, runId: RunId, outcome: ToldOutcome, now: number) =>
  settleRun(db, sampleSettlement({ runId, loopId: loop.id }, { told: outcome }), now);

/** A cooldown of some source that ends at `RESET`. */
function cooled(source: CooldownSource): void {
  setProfileCooldown(db, profile.id, RESET);
  patchStanding(db, profile.id, { cooldown: { source, since: NOW, until: RESET } }, NOW);
}

const answer = (loop: Loop, now: number): string => {
  const result = claim(loop, now);
  return result.claimed ? "claimed" : result.reason;
};

const events = () =>
  listEventsAfterRow(db, 0).flatMap(({ event }) => (event.entityId === profile.id ? event.type : []));

describe("15 section 4.2: at a reset for which several loops wait", () => {
  let probe: RunId;

  beforeEach(() => {
    cooled("reported");
    for (const loop of loops) waits(loop);
    expect(answer(loops[0], RESET - 1)).toBe("cooling");
    probe = started(loops[0], RESET);
  });

  test("one run is the probe, and the others wait for it for a minute at most", () => {
    expect(isProbe(db, probe)).toBe(true);
    expect(answer(loops[1], RESET)).toBe("probed");
    expect(answer(loops[1], RESET + 59_999)).toBe("probed");
    expect(answer(loops[1], RESET + 60_000)).toBe("claimed");
    expect(isProbe(db, probe)).toBe(false);
  });

  test("they start when it has said something", () => {
    endProbe(db, probe);
    expect(answer(loops[1], RESET + 1)).toBe("claimed");
  });

  test.each<[Outcome, string]>([
    ["ok", "claimed"],
    ["failed", "claimed"],
    ["crashed", "probed"],
    ["killed", "probed"],
    ["rate_limited", "cooling"],
    ["auth", "parked"],
  ])("a probe that ends %s leaves the profile %s", (outcome, expected) => {
    settle(loops[0], probe, told(outcome), RESET + 2000);
    expect(answer(loops[1], RESET + 3000)).toBe(expected);
  });

  test("edge cases: cooldown clear while a probe runs: waiters start at once", () => {
    freeProfile(db, getProfile(db, profile.id), RESET + 1000);
    expect(answer(loops[1], RESET + 1000)).toBe("claimed");
  });

  test("that the cooldown is over is told once", () => {
    endProbe(db, probe);
    started(loops[1], RESET + 1000);
    expect(events()).toEqual(["profile.freed", "cooldown.ended"]);
  });
});

describe("15 section 4.2: there is no probe", () => {
  test("when nobody else waits", () => {
    cooled("default");
    started(loops[0], RESET);
    expect(answer(loops[1], RESET)).toBe("claimed");
  });

  test.each<CooldownSource>(["transient", "manual"])("after a cooldown that is %s", (source) => {
    cooled(source);
    for (const loop of loops) waits(loop);
    started(loops[0], RESET);
    expect(answer(loops[1], RESET)).toBe("claimed");
  });

  test("after a cooldown of another program", () => {
    setProfileCooldown(db, profile.id, RESET);
    for (const loop of loops) waits(loop);
    expect(answer(loops[0], RESET - 1)).toBe("cooling");
    started(loops[0], RESET);
    expect(answer(loops[1], RESET)).toBe("claimed");
  });
});

describe("15 section 2.4: a cooldown is", () => {
  const limited = (resetAt: number) => told("rate_limited", { resetAt });
  const until = () => getProfile(db, profile.id).cooldownUntil;

  test("never shortened by a run", () => {
    setCooldown(db, profile, { until: RESET }, NOW);
    const run = started(loops[0], RESET);
    setCooldown(db, profile, { until: RESET + 2 * HOUR }, RESET);
    settle(loops[0], run, limited(RESET + HOUR), RESET + 1000);
    expect(until()).toBe(RESET + 2 * HOUR);
    expect(findStanding(db, profile.id)).toMatchObject({ limitsInRow: 1, cooldown: { source: "manual" } });
  });

  test("made longer by one, rounded up to a whole second", () => {
    const [one, other] = [started(loops[0], NOW), started(loops[1], NOW)];
    settle(loops[0], one, limited(RESET), NOW + 1000);
    settle(loops[1], other, limited(RESET + 1), NOW + 2000);
    expect(until()).toBe(RESET + 1000);
    // They met one limit together.
    expect(findStanding(db, profile.id).limitsInRow).toBe(1);
  });

  test("not set by a run that is settled when its limit is over", () => {
    const run = started(loops[0], NOW);
    const late = sampleSettlement(
      { runId: run, loopId: loops[0].id },
      { told: limited(NOW + 60_000), exitedAt: NOW + 1000 },
    );
    settleRun(db, late, RESET);
    expect(until()).toBeUndefined();
    expect(answer(loops[1], RESET)).toBe("claimed");
  });
});
