import { afterEach, beforeEach, expect, test } from "bun:test";
import type { BudgetUnit } from "../../src/core/budget.ts";
import type { Loop } from "../../src/core/loop.ts";
import { setBudget } from "../../src/store/budget-gate.ts";
import { findLoopRuntime } from "../../src/store/fx-loops.ts";
import { claudeResult } from "../harness/made-up-streams.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

let world: LoopWorld;
beforeEach(async () => {
  world = await LoopWorld.make();
});
afterEach(() => world[Symbol.asyncDispose]());

/** A loop whose runs cost a dollar and 130 tokens each, limited as `up` does it. */
function limited(unit: BudgetUnit, amount: number): Loop {
  const usage = { inputTokens: 100, outputTokens: 30 };
  const output = `${JSON.stringify({ type: "system", subtype: "init", session_id: "SESSION" })}\n${JSON.stringify(
    claudeResult({ session_id: "SESSION", total_cost_usd: 1, modelUsage: { m: usage } }),
  )}\n`;
  const profile = world.profile([], {
    harness: "claude",
    commandTemplate: `sed "s/SESSION/$FORGE_RUN_ID/" ${world.file("stream.jsonl", output)}`,
  });
  const loop = world.loop({ profileId: profile.id, maxIterations: 9 });
  const key = { scope: "loop", scopeRef: loop.id, period: "total", action: "hard", createdBy: "up" } as const;
  setBudget(world.db, { ...key, unit, amount }, Date.now(), world.config.budget);
  return loop;
}

test.each([
  ["usd", 3_000_000, "max cost reached ($3.00)"],
  ["tokens", 400, "max tokens reached (400)"],
] as const)(
  "a loop stops where no further run fits into its limit of %s, and counts anew when it is resumed",
  async (unit, amount, reason) => {
    const loop = limited(unit, amount);
    for (const runs of [3, 6]) {
      await world.start(loop).ended;
      expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: reason });
      expect(world.logLines(loop).at(-1)).toBe(reason);
      expect(world.runs(loop)).toHaveLength(runs);
    }
  },
);

test("a loop that waits tells of the budget as it is now", async () => {
  const loop = limited("usd", 100_000_000);
  const key = { scope: "loop", scopeRef: loop.id, period: "day", action: "hard", createdBy: "cli" } as const;
  const set = (amount: number) => {
    setBudget(world.db, { ...key, unit: "runs", amount }, Date.now(), world.config.budget);
    world.wakeUps.poke();
  };
  const reason = () => findLoopRuntime(world.db, loop.id)?.wait?.reason;
  set(2);
  world.start(loop);
  await waitFor(() => reason()?.includes("(2 of 2 runs per day)"), { what: "the loop to wait" });
  set(1);
  await waitFor(() => reason()?.includes("(2 of 1 run per day)"), { what: "the new budget" });
});
