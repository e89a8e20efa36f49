import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Loop } from "../../src/core/loop.ts";
import type { OutcomeRecord } from "../../src/core/outcome.ts";
import type { Profile } from "../../src/core/profile.ts";
import { stopConfigJson } from "../../src/core/stop-config.ts";
import { queryEvents } from "../../src/store/event-queries.ts";
import { findOutcome } from "../../src/store/run-outcomes.ts";
import { dayOf, listSpend } from "../../src/store/spend.ts";
import { claudeResult, MADE_UP } from "../harness/made-up-streams.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

let world: LoopWorld;

beforeEach(async () => {
  world = await LoopWorld.make();
});
afterEach(() => world[Symbol.asyncDispose]());

const streamOf = (what: string): string => {
  const output = MADE_UP.find((made) => made.what === what)?.output;
  if (typeof output !== "string") throw new Error(`no such stream: ${what}`);
  return output;
};

/** A loop whose harness prints a stream and ends. */
function loopPrinting(harness: string, output: string, rest = "", draft: Partial<Profile> = {}): Loop {
  const file = world.file("stream.jsonl", output);
  const commandTemplate = `cat ${file}; ${rest}`;
  const profile = world.profile([], { harness, commandTemplate, ...draft });
  return world.loop({ profileId: profile.id, maxIterations: 1 });
}

function outcomes(loop: Loop): (OutcomeRecord | undefined)[] {
  return world.runs(loop).map(({ id }) => findOutcome(world.db, id));
}

/** Runs a loop until it waits for its profile, which is at a limit. */
async function untilItWaits(loop: Loop): Promise<void> {
  const runner = world.start(loop);
  await waitFor(() => world.read(loop).state === "waiting", { what: "the loop to wait" });
  runner.control.ask("shutdown");
  await runner.ended;
}

describe("what became of a run is stored when it is settled (spec/15 section 3)", () => {
  test("with session, model, tokens, cost and times; in the ledger and the event too", async () => {
    const loop = loopPrinting("claude", streamOf("claude that ends well"));
    await world.start(loop).ended;
    const [record] = outcomes(loop);
    expect(record).toMatchObject({
      loopId: loop.id,
      outcome: "ok",
      sessionId: "5b1c0f5e-0000-4000-8000-000000000001",
      model: "claude-x",
      cliVersion: "2.1.330",
      tokens: { input: 900, output: 2600, cacheRead: 101_000, cacheWrite: 6000, reasoning: 0 },
      costMicros: 431_200,
      costSource: "reported",
      turns: 7,
      evidence: { rule: 10, exit: 0 },
    });
    expect(record?.durationMs).toBeGreaterThanOrEqual(record?.firstOutputMs ?? Number.NaN);
    expect(world.ledger(loop)).toContain(
      `- exit_code: 0
- kind: main
- outcome: ok
- model: claude-x
- tokens: 900 in, 2600 out
- cost_usd: 0.4312
- session_id: 5b1c0f5e-0000-4000-8000-000000000001
- duration_ms: ${record?.durationMs}

`,
    );
    const {
      events: [finished],
    } = queryEvents(world.db, { type: "run.finished", limit: 1 });
    expect(JSON.parse(finished?.payloadJson ?? "")).toMatchObject({ outcome: "ok", cost_usd: 0.4312 });
  });

  test("whatever the exit code says: the rows that others read follow the process alone (2.4)", async () => {
    const loop = loopPrinting("pi", streamOf("pi at a limit, which leaves with 0"));
    await untilItWaits(loop);
    expect(world.runs(loop)).toMatchObject([{ status: "success", exitCode: 0 }]);
    expect(outcomes(loop)).toMatchObject([{ outcome: "rate_limited", evidence: { rule: 5, http: 429 } }]);
  });

  test("as killed when an operator ended it, unless its end had been printed before", async () => {
    const slow = loopPrinting("claude", streamOf("claude without its result line"), "sleep 60");
    const done = world.loop({
      name: "done",
      profileId: world.profile([], {
        harness: "claude",
        commandTemplate: `cat ${world.file("done.jsonl", streamOf("claude that ends well"))}; sleep 60`,
      }).id,
    });
    for (const loop of [slow, done]) {
      const runner = world.start(loop);
      await waitFor(() => world.log(loop).includes("claude-x"), { what: "its output in the log" });
      world.enqueue(loop, { type: "kill_now", payload: { reason: "enough" } });
      await runner.ended;
    }
    expect(outcomes(slow)).toMatchObject([{ outcome: "killed", reason: "kill" }]);
    expect(outcomes(done)).toMatchObject([{ outcome: "ok" }]);
    expect(world.runs(done)).toMatchObject([{ status: "killed", exitCode: -1 }]);
  });

  test.each(["", "claude"])(
    "by the exit code alone for output that is not known, of harness %p too, which may map one to a limit",
    async (harness) => {
      const env = { FORGE_EXIT_RATE_LIMITED: "75" };
      const loop = loopPrinting(harness, "429 rate limit reached\n", "exit 75", { env });
      await untilItWaits(loop);
      expect(outcomes(loop)).toMatchObject([{ outcome: "rate_limited", costSource: "none" }]);
      expect(outcomes(loop)[0]?.tokens).toBeUndefined();
    },
  );

  test("with what it has used itself where its CLI tells totals of a session that an earlier run began", async () => {
    const totals = (input: number, output: number, cost: number) =>
      `${JSON.stringify({ type: "system", subtype: "init", session_id: "s" })}\n${JSON.stringify(
        claudeResult({
          session_id: "s",
          total_cost_usd: cost,
          modelUsage: { m: { inputTokens: input, outputTokens: output } },
        }),
      )}\n`;
    const files = [totals(100, 10, 1), totals(150, 15, 1.25), totals(20, 2, 0.5)].map((text, index) =>
      world.file(`totals-${index}`, text),
    );
    const loop = loopPrinting(
      "claude",
      "",
      `cat $(ls ${world.repo}/totals-* | head -1); rm $(ls ${world.repo}/totals-* | head -1)`,
    );
    for (const _ of files) await world.once(loop);
    expect(outcomes(loop)).toMatchObject([
      { tokens: { input: 100, output: 10 }, costMicros: 1_000_000 },
      { tokens: { input: 50, output: 5 }, costMicros: 250_000 },
      { tokens: { input: 20, output: 2 }, costMicros: 500_000 },
    ]);
  });

  test("with its cost by list prices where its CLI tells only tokens; what it has used is in the sums of its day", async () => {
    const loop = loopPrinting("codex", streamOf("codex that ends well"), "", { model: "gpt-5.3-codex" });
    await world.start(loop).ended;
    const [record] = outcomes(loop);
    expect(record).toMatchObject({ costSource: "priced", costMicros: expect.any(Number) });
    const day = dayOf(record?.finishedAt ?? 0);
    expect(listSpend(world.db, { from: day, to: day })).toMatchObject([
      {
        ...{
          loopId: loop.id,
          profileId: loop.profileId,
          model: "",
          repoPath: world.repo,
          poolId: "",
          runs: 1,
        },
        ...{ inputTokens: record?.tokens?.input, costMicros: record?.costMicros },
        ...{ estimatedMicros: record?.costMicros, wallMs: record?.durationMs },
      },
    ]);
  });

  test("as crashed when its harness is not there", async () => {
    const loop = loopPrinting("codex", "", "no-such-agent");
    await world.start(loop).ended;
    expect(outcomes(loop)).toMatchObject([{ outcome: "crashed", reason: "not started" }]);
  });
});

test("a judge answers with the agent's last words, whatever lines stand around them (2.4)", async () => {
  const answer = JSON.stringify({ type: "item.completed", item: { type: "agent_message", text: "0 done" } });
  const output = `${JSON.stringify({ type: "thread.started", thread_id: "t" })}\n${answer}\n{"type":"turn.completed","usage":{}}\n`;
  const profile = world.profile([], {
    harness: "codex",
    commandTemplate: `cat ${world.file("judge.jsonl", output)}`,
  });
  const qualitative = { every: 1, prompt: "done?", promptIsPath: false, onInvalid: "continue" } as const;
  const loop = world.loop({
    profileId: profile.id,
    maxIterations: 6,
    metadata: { stop_config: stopConfigJson({ qualitative }) },
  });
  await world.start(loop).ended;
  expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "qual stop: signaled stop" });
  expect(outcomes(loop).map((record) => record?.outcome)).toEqual(["ok", "ok"]);
  // Its run counts as any other (spec/15, edge cases).
  const spent = listSpend(world.db, { from: "2000-01-01", to: "2999-01-01" });
  expect(spent.reduce((sum, { runs }) => sum + runs, 0)).toBe(2);
});
