import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Loop } from "../../src/core/loop.ts";
import { setBudget } from "../../src/store/budget-gate.ts";
import { budgetUse } from "../../src/store/budget-sums.ts";
import { type BudgetDraft, listBudgets } from "../../src/store/budgets.ts";
import { findOutcome } from "../../src/store/run-outcomes.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

let world: LoopWorld;
beforeEach(async () => {
  world = await LoopWorld.make();
});
afterEach(() => world[Symbol.asyncDispose]());

function budget(draft: Partial<BudgetDraft> & Pick<BudgetDraft, "unit" | "amount">): void {
  const key = { scope: "all", scopeRef: "", period: "day", action: "kill", createdBy: "cli" } as const;
  setBudget(world.db, { ...key, ...draft }, Date.now(), world.config.budget);
  world.wakeUps.poke();
}

/** A loop whose agent prints some lines and then goes on for ever. */
function endless(name: string, lines: readonly object[] = []): Loop {
  const stream = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const profile = world.profile([], {
    harness: "claude",
    commandTemplate: `cat ${world.file(`${name}.jsonl`, stream)}; echo at work; sleep 60`,
  });
  return world.loop({ name, profileId: profile.id, maxIterations: 1 });
}

const isRunning = (loop: Loop) =>
  waitFor(() => world.log(loop).includes("at work\n"), { what: `${loop.name} to run` });

function expectEnded(loop: Loop): void {
  const [run] = world.runs(loop);
  expect(run).toMatchObject({ status: "killed", exitCode: -1 });
  expect(run && findOutcome(world.db, run.id)).toMatchObject({ outcome: "timeout", reason: "budget" });
  expect(world.logLines(loop)).toContainEqual(
    expect.stringMatching(/^run \S+ over budget b1 \(.+\); ending$/),
  );
}

const message = (output: number) => [
  { type: "stream_event", event: { type: "message_start", message: { usage: { input_tokens: 100_000 } } } },
  { type: "stream_event", event: { type: "message_delta", usage: { output_tokens: output } } },
];

test("a run is ended when what it has used so far is more than each run may, and is charged with it", async () => {
  budget({ unit: "usd", amount: 1_000_000, scope: "run", period: "run" });
  budget({ unit: "usd", amount: 90_000_000 });
  const init = { type: "system", subtype: "init", session_id: "s", model: "claude-opus-4-5" };
  const loop = endless("alpha", [init, ...message(1000), ...message(2000)]);
  await world.start(loop).ended;
  expectEnded(loop);
  // 200,000 tokens at 5 dollars a million, and 3,000 at 25.
  const [run] = world.runs(loop);
  expect(run && findOutcome(world.db, run.id)).toMatchObject({
    costSource: "priced",
    costMicros: 1_075_000,
    tokens: { input: 200_000, output: 3000 },
  });
  const day = listBudgets(world.db).at(-1);
  expect(day && budgetUse(world.db, day, Date.now(), "UTC")).toMatchObject({ used: 1_075_000, reserved: 0 });
  expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "max iterations reached (1)" });
});

test("a budget of time ends the run that uses it up; then the loops in its scope wait", async () => {
  budget({ unit: "time", amount: 400 });
  const loops = [endless("alpha"), endless("beta")];
  for (const loop of loops) world.db.run("UPDATE loops SET max_iterations = 2 WHERE id = ?", [loop.id]);
  const [first, second] = loops;
  if (!first || !second) throw new Error("no loops");
  world.start(first);
  await waitFor(() => world.runs(first).at(-1)?.status === "killed", { what: "the first run to be ended" });
  expectEnded(first);
  world.start(second);
  for (const loop of loops)
    await waitFor(() => world.read(loop).state === "waiting", { what: `${loop.name} to wait` });
  expect(world.read(second).lastError).toMatch(
    /^waiting: budget b1 reached \(\d+(\.\d+)?m?s of 400ms per day\)$/,
  );
  expect(world.runs(second)).toEqual([]);
});

test.each([
  ["kill", true],
  ["hard", false],
] as const)(
  "a budget set below what is already used ends runs only with the action kill: %s (edge case)",
  async (action, ends) => {
    const loops = [endless("alpha"), endless("beta")];
    const runners = loops.map((loop) => world.start(loop));
    for (const loop of loops) await isRunning(loop);
    budget({ unit: "runs", amount: 1, action });
    if (ends) {
      await Promise.all(runners.map(({ ended }) => ended));
      for (const loop of loops) expectEnded(loop);
    } else {
      await Bun.sleep(100);
      for (const loop of loops) expect(world.runs(loop)).toMatchObject([{ status: "running" }]);
    }
  },
);
