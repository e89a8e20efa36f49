import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import type { Loop } from "../../src/core/loop.ts";
import { readStallState } from "../../src/core/stall-state.ts";
import { HandedOver } from "../../src/runner/ending.ts";
import type { FaultPoint } from "../../src/runner/fault-points.ts";
import { findLoopRuntime } from "../../src/store/fx-loops.ts";
import { findStanding } from "../../src/store/profile-standings.ts";
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
