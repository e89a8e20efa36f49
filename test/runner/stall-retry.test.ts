import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { newId } from "../../src/core/ids.ts";
import type { Loop } from "../../src/core/loop.ts";
import { readStallState } from "../../src/core/stall-state.ts";
import { HandedOver } from "../../src/runner/ending.ts";
import type { FaultPoint } from "../../src/runner/fault-points.ts";
import { profileOfRetry } from "../../src/runner/stall-retry.ts";
import { setBudget } from "../../src/store/budget-gate.ts";
import { findLoopRuntime } from "../../src/store/fx-loops.ts";
import { addPoolMember, removePoolMember } from "../../src/store/pool-members.ts";
import { createPool } from "../../src/store/pools.ts";
import { findStanding } from "../../src/store/profile-standings.ts";
import { addSpend, dayOf } from "../../src/store/spend.ts";
import { claudeResult } from "../harness/made-up-streams.ts";
import { jsonLines } from "../harness/streams.ts";
import { waitFor } from "../support/wait-for.ts";
import type { LoopWorld } from "./loop-world.ts";
import { StalledWorld } from "./stalled-world.ts";

let stalled: StalledWorld;
let world: LoopWorld;

beforeEach(async () => {
  stalled = await StalledWorld.make();
  world = stalled.world;
});
afterEach(() => world[Symbol.asyncDispose]());

/** A loop whose claude hangs in its first runs, so many as told, and then ends well. */
function loopHanging(times: number): Loop {
  const calls = `${world.folder}/calls`;
  world.file("session.jsonl", jsonLines({ type: "system", subtype: "init", session_id: "s1" }));
  world.file("result.jsonl", jsonLines(claudeResult({ session_id: "s1" })));
  const program = world.file(
    "claude",
    `#!/bin/bash
mkdir -p ${calls}
count=$(ls ${calls} | wc -l)
printf '%s\\n%s' "$*" "$FORGE_PROMPT_CONTENT" >${calls}/$count
cat ${world.repo}/session.jsonl
[ $count -lt ${times} ] && sleep 1000
cat ${world.repo}/result.jsonl
`,
  );
  chmodSync(program, 0o755);
  const profile = world.profile([], {
    harness: "claude",
    commandTemplate: `${program} --output-format stream-json -p "$FORGE_PROMPT_CONTENT"`,
  });
  return world.loop({ profileId: profile.id, intervalSeconds: 100_000 });
}

/** Lets the newest run stall: its session is in the log as often as there were runs. */
async function stallRun(loop: Loop, number: number): Promise<void> {
  const sessions = () => world.log(loop).split('"init"').length - 1;
  await waitFor(() => sessions() === number, { what: `the session of run ${number}` });
  stalled.pass(31);
}

/** What the calls were given: arguments, and the prompt. */
const calls = () => {
  const folder = `${world.folder}/calls`;
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(`${folder}/${name}`, "utf8"));
};
const rests = (loop: Loop, runs: number) =>
  waitFor(() => world.runs(loop).length === runs && world.read(loop).state === "sleeping", {
    what: `${runs} runs`,
  });

describe("a run that stalled (spec/15 section 6)", () => {
  test("is tried again at once in its session, with what operators have said meanwhile", async () => {
    const loop = loopHanging(1);
    world.start(loop);
    await waitFor(() => world.processes().length > 0, { what: "the harness" });
    world.enqueue(loop, { type: "message_append", payload: { text: "Mind the gap." } });
    await stallRun(loop, 1);
    await rests(loop, 2);
    expect(stalled.outcomes(loop)).toEqual(["stalled", "ok"]);
    const [first, second] = world.runs(loop);
    expect(world.logLines(loop)).toContain(`run ${second?.id} retries stalled run ${first?.id} (session s1)`);
    const [before = "", again = ""] = calls();
    expect(before).toStartWith("--output-format stream-json -p base prompt");
    expect(again).toMatch(
      /^--output-format stream-json -p Continue where you stopped\.\n\n## Operator Message \(\S+\)\n\nMind the gap\. --resume=s1\n/,
    );
    expect(readStallState(findLoopRuntime(world.db, loop.id)?.retry)).toEqual({});
  });

  test("twice in a row has its profile rest for ten minutes, and is not tried again", async () => {
    const loop = loopHanging(2);
    world.start(loop);
    await stallRun(loop, 1);
    await stallRun(loop, 2);
    await rests(loop, 2);
    expect(stalled.outcomes(loop)).toEqual(["stalled", "stalled"]);
    expect(world.read(loop).lastError).toBe("stalled");
    const [, second] = world.runs(loop);
    const { cooldown } = findStanding(world.db, second?.profileId as never);
    expect(cooldown).toMatchObject({ source: "transient", reason: "stalled" });
    expect((cooldown?.until ?? 0) - (cooldown?.since ?? 0)).toBeWithin(600_000, 601_001);
    expect(world.log(loop)).toMatch(new RegExp(`run ${second?.id} stalled \\(profile=p1, until=\\S+\\)\n`));
    expect(readStallState(findLoopRuntime(world.db, loop.id)?.retry)).toEqual({});
  });

  test.each<FaultPoint>(["after-settle", "after-ledger", "before-claim", "after-claim"])(
    "is tried again once though the runner dies at %s",
    async (point) => {
      const loop = loopHanging(1);
      const hasStalled = () => stalled.outcomes(loop).includes("stalled");
      world.deps = {
        ...world.deps,
        faultPoint: (at) => {
          if (at === point && hasStalled()) throw new HandedOver();
        },
      };
      const runner = world.start(loop);
      await stallRun(loop, 1);
      await runner.ended;
      world.deps = { ...world.deps, faultPoint: () => {} };
      world.start(loop, { goesOn: true });
      await waitFor(() => stalled.outcomes(loop).includes("ok"), { what: "the retry" });
      expect(stalled.outcomes(loop).filter((outcome) => outcome === "stalled")).toHaveLength(1);
      expect(calls().at(-1)).toInclude("--resume=s1");
      expect(calls()).toHaveLength(2);
    },
  );

  test("is tried again with its profile only where the loop may use that, within the budgets of its pool", () => {
    const { db, deps } = world;
    const now = deps.now();
    const [a, b] = [world.profile([]), world.profile([])];
    const pool = createPool(db, { name: "main" }, now);
    for (const { id } of [a, b]) addPoolMember(db, { poolId: pool.id, profileId: id }, now);
    const loop = world.loop({ poolId: pool.id });
    const again = () => profileOfRetry({ deps, tried: new Set() }, loop, { runId: newId(), profileId: b.id });
    expect(again()).toMatchObject({ profile: { id: b.id }, member: { poolId: pool.id, index: 1 } });
    const limit = { period: "day", unit: "runs", action: "hard", createdBy: "cli" } as const;
    const budget = { scope: "pool", scopeRef: pool.id, amount: 1, ...limit } as const;
    const { id } = setBudget(db, budget, now, deps.config.budget);
    const spent = {
      loopId: loop.id,
      profileId: a.id,
      model: "",
      repoPath: "",
      poolId: pool.id,
      runs: 1,
      assumedTokens: 0,
    };
    const nothing = {
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      costMicros: 0,
    };
    addSpend(db, { ...spent, ...nothing, day: dayOf(now), estimatedMicros: 0, wallMs: 0 });
    expect(again()).toBeUndefined();
    db.run("DELETE FROM fx_budgets WHERE id = ?", [id]);
    expect(again()).toBeDefined();
    removePoolMember(db, pool.id, b.id);
    expect(again()).toBeUndefined();
  });

  test("is tried again when its retry met a limit, in its session once that is over", async () => {
    const loop = loopHanging(1);
    const result = `${world.repo}/result.jsonl`;
    world.file(
      "result.jsonl",
      jsonLines(claudeResult({ is_error: true, api_error_status: 429, session_id: "s1" })),
    );
    world.start(loop);
    await stallRun(loop, 1);
    await waitFor(() => world.read(loop).state === "waiting", { what: "the limit" });
    expect(stalled.outcomes(loop)).toEqual(["stalled", "rate_limited"]);
    await Bun.write(result, jsonLines(claudeResult({ session_id: "s1" })));
    stalled.pass(120);
    await rests(loop, 3);
    expect(calls().map((call) => call.includes("--resume=s1"))).toEqual([false, true, true]);
  });

  test("is not tried again in place of a loop that begins anew", async () => {
    const loop = loopHanging(1);
    const runner = world.start(loop, { isSingle: true });
    await stallRun(loop, 1);
    await runner.ended;
    await world.once(loop);
    expect(stalled.outcomes(loop)).toEqual(["stalled", "ok"]);
    expect(calls()[1]).not.toInclude("--resume");
  });
});
