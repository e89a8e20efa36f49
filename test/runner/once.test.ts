import { expect, test } from "bun:test";
import { LoopWorld } from "./loop-world.ts";

test("a single run consumes the queue, records everything and leaves the loop stopped", async () => {
  await using world = await LoopWorld.make();
  world.profile([["prompt"]]);
  const loop = world.loop();
  world.enqueue(loop, { type: "message_append", payload: { text: "hello  operator\n" } });
  expect(await world.once(loop)).toBe("ended");
  const [run, ...others] = world.runs(loop);
  expect(others).toEqual([]);
  expect(run).toMatchObject({ status: "success", exitCode: 0, promptSource: "base" });
  expect(world.read(loop)).toMatchObject({ state: "stopped", lastExitCode: 0, lastError: undefined });
  expect(world.queue(loop).map(({ status }) => status)).toEqual(["completed"]);
  expect(world.logLines(loop)).toEqual(["loop started", `run ${run?.id} start (profile=p1)`]);
  expect(world.ledger(loop)).toContain(`- run_id: ${run?.id}\n`);
});

test.each([
  [3, "error", 3, "exit status 3"],
  [127, "error", 127, "exit status 127"],
  [137, "error", -1, "signal: killed"],
])(
  "a harness that ends with %p makes the run %s, and the single run still ends well",
  async (code, status, exitCode, lastError) => {
    await using world = await LoopWorld.make();
    world.profile([["exit", code]]);
    const loop = world.loop();
    expect(await world.once(loop)).toBe("ended");
    expect(world.runs(loop)[0]).toMatchObject({ status, exitCode });
    expect(world.read(loop)).toMatchObject({ state: "stopped", lastError, lastExitCode: exitCode });
  },
);
