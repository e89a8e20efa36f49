import { afterEach, beforeEach, expect, test } from "bun:test";
import { join } from "node:path";
import type { Loop } from "../../src/core/loop.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

let world: LoopWorld;
beforeEach(async () => {
  world = await LoopWorld.make();
});
afterEach(() => world[Symbol.asyncDispose]());

/** A local runner in a process of its own. */
function startRunner(loop: Loop, ...mode: "once"[]) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "runner-process.ts"), loop.id, ...mode], {
    cwd: world.repo,
    env: { ...world.env, FORGE_DATA_DIR: world.dataDir, SECRET: "of the caller" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  return { child, error: child.stderr.text() };
}

const isThere = (path: string) => waitFor(() => Bun.file(path).exists(), { what: path });

test.each([
  ["SIGTERM", []],
  ["SIGINT", []],
  ["SIGINT", ["once"]],
  ["SIGHUP", ["once"]],
] as const)(
  "%s ends a stubborn harness and the runner %p, with everything recorded",
  async (signal, mode) => {
    const mark = join(world.folder, "mark");
    world.profile([
      ["ignore-term"],
      ["fork-stubborn"],
      ["double-fork"],
      ["print", "working"],
      ["mark", mark],
      ["hang"],
    ]);
    const loop = world.loop();
    const { child, error } = startRunner(loop, ...mode);
    await isThere(mark);
    child.kill(signal);
    expect(await child.exited).toBe(1);
    expect(await error).toBe("loop run failed: context canceled\n");
    expect(world.processes()).toEqual([]);
    expect(world.runs(loop)).toMatchObject([{ status: "killed", exitCode: -1, outputTail: "working" }]);
    expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "context canceled" });
    expect(world.logLines(loop).at(-1)).toBe("loop context cancelled");
    expect(world.ledger(loop)).toContain("- status: killed\n");
  },
);

test("a second signal does not wait for the grace to pass", async () => {
  const mark = join(world.folder, "mark");
  world.profile([["ignore-term"], ["mark", mark], ["hang"]]);
  const loop = world.loop();
  const { child } = startRunner(loop);
  await isThere(mark);
  const from = performance.now();
  child.kill("SIGTERM");
  await Bun.sleep(100);
  child.kill("SIGTERM");
  await child.exited;
  // The grace of the run and that of its marked processes.
  expect(performance.now() - from).toBeLessThan(2000);
  expect(world.processes()).toEqual([]);
  expect(world.read(loop).state).toBe("stopped");
});

test("a detached runner does not care for SIGHUP", async () => {
  const go = join(world.folder, "go");
  const mark = join(world.folder, "mark");
  world.profile([
    ["mark", mark],
    ["await", go],
  ]);
  const loop = world.loop({ maxIterations: 1 });
  const { child } = startRunner(loop);
  await isThere(mark);
  child.kill("SIGHUP");
  await Bun.sleep(50);
  await Bun.write(go, "");
  expect(await child.exited).toBe(0);
  expect(world.runs(loop)).toMatchObject([{ status: "success" }]);
});

test("a signal while the loop waits for a profile removes wait_until", async () => {
  const profile = world.profile([]);
  world.db.run("UPDATE profiles SET cooldown_until = '2099-01-02T03:04:05Z'");
  const loop = world.loop({ profileId: profile.id });
  const { child } = startRunner(loop);
  await waitFor(() => world.read(loop).state === "waiting", { what: "the loop to wait" });
  expect(world.read(loop).lastError).toBe("waiting for profile availability until 2099-01-02T03:04:05Z");
  child.kill("SIGTERM");
  expect(await child.exited).toBe(1);
  expect(world.read(loop).state).toBe("stopped");
  expect(world.read(loop).metadata).not.toHaveProperty("wait_until");
});

test("a local runner tells its pid, and each run has the environment of the shell that started the loop", async () => {
  world.profile([
    ["show", "SECRET"],
    ["show", "SAVED"],
  ]);
  const loop = world.loop({ maxIterations: 1 });
  await Bun.write(
    join(world.dataDir, "runners", `${loop.id}.env`),
    `PATH=${world.env.PATH}\0HOME=${world.home}\0SAVED=yes\0SANDBOX=${world.folder}\0`,
  );
  const { child } = startRunner(loop);
  await child.exited;
  expect(world.runs(loop)[0]?.outputTail).toBe("no SECRET\nyes");
  expect(world.read(loop).metadata).toMatchObject({ pid: child.pid, runner_owner: "local" });
  const single = startRunner(loop, "once");
  await single.child.exited;
  expect(world.runs(loop)[1]?.outputTail).toBe("of the caller\nno SAVED");
});

test("an error of the runner is one line", async () => {
  const loop = world.loop();
  const { child, error } = startRunner(loop, "once");
  expect(await child.exited).toBe(1);
  expect(await error).toBe("loop run failed: pool unavailable\n");
});
