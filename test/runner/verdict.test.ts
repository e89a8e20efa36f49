import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Loop } from "../../src/core/loop.ts";
import { stopConfigJson, untilRule } from "../../src/core/stop-config.ts";
import { RunnerControl } from "../../src/runner/control.ts";
import { type FaultPoint, VERDICT_FAULT_POINTS } from "../../src/runner/fault-points.ts";
import { queryEvents } from "../../src/store/event-queries.ts";
import { findLoopRuntime, patchLoopRuntime } from "../../src/store/fx-loops.ts";
import type { LoopDraft } from "../../src/store/loops.ts";
import { forgeExecutable } from "../support/forge.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

let world: LoopWorld;
beforeEach(async () => {
  world = await LoopWorld.make();
});
afterEach(() => world[Symbol.asyncDispose]());

const say = (verdict: string, reason?: string): string =>
  `${forgeExecutable} verdict ${verdict}${reason ? ` --reason '${reason}'` : ""}`;

const prompts = () => join(world.folder, "prompts");

/** A loop whose agent keeps its prompts, and does what is said here in its first run and what comes after it in the others. */
function loopSaying(first: string, others = "true", draft: Partial<LoopDraft> = {}): Loop {
  const counter = join(world.folder, "runs");
  const keeps = `printf '%s\\n---\\n' "$FORGE_PROMPT_CONTENT" >>${prompts()}; echo >>${counter}`;
  const profile = world.profile([], {
    harness: "",
    commandTemplate: `${keeps}; if [ $(wc -l <${counter}) = 1 ]; then ${first}; else ${others}; fi`,
  });
  return world.loop({ profileId: profile.id, maxIterations: 3, ...draft });
}

const gate = (command: string) =>
  world.file(".forge/forge.yaml", `verdict:\n  gate: ${JSON.stringify(command)}\n`);

const until = (command: string): Partial<LoopDraft> => ({
  metadata: { stop_config: stopConfigJson({ quantitative: untilRule(command) }) },
});

const isBlocked = (loop: Loop) => () => findLoopRuntime(world.db, loop.id)?.wait?.kind === "blocked";

describe("done (spec/15 section 7.3)", () => {
  test("stops a loop without a gate, with its reason; it stands in log, ledger and events", async () => {
    const loop = loopSaying(say("done", "all tests pass"));
    await world.start(loop).ended;
    expect(world.runs(loop)).toHaveLength(1);
    expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "done: all tests pass" });
    expect(world.logLines(loop).slice(-2)).toEqual(["verdict done: all tests pass", "verdict done accepted"]);
    expect(world.ledger(loop)).toMatch(/^- verdict: done: all tests pass\n- duration_ms: \d+$/m);
    const { events } = queryEvents(world.db, { type: "run.verdict", limit: 9 });
    expect(events.map(({ payloadJson }) => JSON.parse(payloadJson ?? ""))).toEqual([
      { run_id: String(world.runs(loop)[0]?.id), verdict: "done", reason: "all tests pass" },
    ]);
  });

  test.each([
    ["the repository's gate", () => gate("echo red; exit 3"), {}, 3],
    ["the command of --until", () => undefined, () => until("echo red; exit 4"), 4],
    [
      "the command of --until, whatever the repository's says",
      () => gate("true"),
      () => until("echo red; exit 4"),
      4,
    ],
  ])("goes on where %s fails, and the next run is told once", async (_what, prepare, draft, exit) => {
    prepare();
    const loop = loopSaying(say("done"), "true", typeof draft === "function" ? draft() : draft);
    await world.start(loop).ended;
    expect(world.runs(loop)).toHaveLength(3);
    expect(world.logLines(loop)).toContain(`verdict done rejected: gate exit ${exit}`);
    const told = (await Bun.file(prompts()).text()).split(`The gate command failed (exit ${exit}):\nred\n`);
    expect(told).toHaveLength(2);
    expect(told[0]).toContain("---");
  });

  test("stops the loop where the gate agrees, which is asked once", async () => {
    gate("echo asked >>asked; test -e PROMPT.md");
    const loop = loopSaying(say("done"));
    await world.start(loop).ended;
    expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "done" });
    expect(await Bun.file(join(world.repo, "asked")).text()).toBe("asked\n");
  });

  test("is ignored unless the run ended well", async () => {
    const loop = loopSaying(`${say("done")}; exit 1`, "true", { maxIterations: 1 });
    await world.start(loop).ended;
    expect(world.logLines(loop)).toContain("verdict done ignored: outcome failed");
    expect(world.read(loop).lastError).toBe("max iterations reached (1)");
  });

  test("and an operator's stop at once: the stop wins, the verdict is recorded", async () => {
    const loop = loopSaying(`${say("done")}; ${forgeExecutable} stop alpha --quiet`);
    await world.start(loop).ended;
    expect(world.logLines(loop).slice(-2)).toEqual(["verdict done", "graceful stop queued"]);
    expect(world.ledger(loop)).toContain("- verdict: done\n");
    expect(world.read(loop).lastError).toBeUndefined();
  });

  test("whose gate is cut short by the end of the supervisor is looked at again by the next one", async () => {
    gate("test -e ok || { touch asked; sleep 1000; }");
    const loop = loopSaying(say("done"));
    const runner = world.start(loop);
    await waitFor(() => existsSync(join(world.repo, "asked")), { what: "the gate" });
    runner.control.ask("shutdown");
    await runner.ended;
    expect(world.processes()).toEqual([]);
    world.file("ok", "");
    await world.start(loop, { goesOn: true }).ended;
    expect(world.runs(loop)).toHaveLength(1);
    expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "done" });
    expect(world.ledger(loop).match(/^- verdict/gm)).toHaveLength(1);
  });

  test("whose gate has just begun when the supervisor ends keeps nobody waiting", async () => {
    gate("sleep 1000");
    const loop = loopSaying(say("done"));
    const control = new RunnerControl();
    world.deps = {
      ...world.deps,
      faultPoint: (at) => at === "before-verdict" && control.ask("hand over"),
    };
    expect(await world.start(loop, { control }).ended).toBe("handed over");
    expect(world.processes()).toEqual([]);
  });

  test("whose gate prints much is told its end only, which fits any prompt", async () => {
    gate("seq 1000; head -c 300000 /dev/zero | tr '\\0' x; echo; echo the end; exit 1");
    const loop = loopSaying(say("done"), "true", { maxIterations: 2 });
    await world.start(loop).ended;
    const told = await Bun.file(prompts()).text();
    expect(told).toContain("The gate command failed (exit 1):\n...xxx");
    expect(told).toContain("x\nthe end\n");
    expect(told.length).toBeLessThan(20_000);
    expect(world.runs(loop)).toMatchObject([{ status: "success" }, { status: "success" }]);
  });

  test("whose gate takes too long is ended by forge kill with it", async () => {
    gate("touch asked; sleep 1000");
    const loop = loopSaying(say("done"));
    const runner = world.start(loop);
    await waitFor(() => existsSync(join(world.repo, "asked")), { what: "the gate" });
    world.enqueue(loop, { type: "kill_now", payload: {} });
    await runner.ended;
    expect(world.processes()).toEqual([]);
    expect(world.logLines(loop).slice(-2)).toEqual(["verdict done", "kill queued"]);
  });

  test("said again counts as said last", async () => {
    const loop = loopSaying(`${say("blocked", "no key")}; ${say("done")}`);
    await world.start(loop).ended;
    expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "done" });
  });
});

describe("blocked (spec/15 section 7.3)", () => {
  test("has the loop wait until somebody tells it something, whatever its limits say", async () => {
    const loop = loopSaying(say("blocked", "no key"), say("done"), { maxIterations: 2 });
    const runner = world.start(loop);
    await waitFor(isBlocked(loop), { what: "the loop to be blocked" });
    expect(world.read(loop)).toMatchObject({ state: "waiting", lastError: "waiting: blocked: no key" });
    expect(findLoopRuntime(world.db, loop.id)?.wait).toMatchObject({
      kind: "blocked",
      reason: "no key",
    });
    expect(world.logLines(loop).slice(-2)).toEqual(["verdict blocked: no key", "waiting: blocked: no key"]);
    expect(queryEvents(world.db, { type: "loop.blocked", limit: 9 }).events).toHaveLength(1);
    world.enqueue(loop, { type: "message_append", payload: { text: "here it is" } });
    await runner.ended;
    expect(await Bun.file(prompts()).text()).toContain("here it is");
    expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "done" });
    expect(findLoopRuntime(world.db, loop.id)?.wait).toBeUndefined();
  });

  test("ends with forge resume and with a stop; a pause alone does not end it", async () => {
    const loop = loopSaying(say("blocked", "no key"), say("blocked", "still no key"));
    const runner = world.start(loop);
    await waitFor(isBlocked(loop), { what: "the loop to be blocked" });
    world.enqueue(loop, { type: "pause", payload: { duration_seconds: 1 } });
    // As `forge resume` does it.
    patchLoopRuntime(world.db, loop.id, { wait: null }, Date.now());
    world.wakeUps.poke([loop.id]);
    await waitFor(() => findLoopRuntime(world.db, loop.id)?.wait?.reason === "still no key", {
      what: "the loop to be blocked again",
    });
    expect(world.queue(loop)).toMatchObject([{ status: "completed" }]);
    world.enqueue(loop, { type: "stop_graceful", payload: {} });
    await runner.ended;
    expect(world.runs(loop)).toHaveLength(2);
    expect(world.logLines(loop).at(-1)).toBe("graceful stop requested");
  });

  test("outlives the end of its supervisor, of either kind", async () => {
    const loop = loopSaying(say("blocked", "no key"));
    for (const request of ["hand over", "drain", "drain"] as const) {
      const runner = world.start(loop, { goesOn: request !== "hand over" });
      await waitFor(() => isBlocked(loop)() && world.read(loop).state === "waiting", {
        what: "it to be blocked",
      });
      runner.control.ask(request);
      await runner.ended;
    }
    expect(world.read(loop).state).toBe("stopped");
    expect(world.runs(loop)).toHaveLength(1);
    expect(queryEvents(world.db, { type: "loop.blocked", limit: 9 }).events).toHaveLength(1);
  });

  test("cannot have a single run wait", async () => {
    const loop = loopSaying(say("blocked", "no key"));
    await world.once(loop);
    expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "blocked: no key" });
  });
});

/** A runner of its own that is killed at a point, then another one. */
async function killedAt(loop: Loop, point: FaultPoint): Promise<void> {
  for (const fault of [point, undefined]) {
    const runner = Bun.spawn([process.execPath, join(import.meta.dir, "runner-process.ts"), loop.id], {
      cwd: world.repo,
      env: { ...world.env, FORGE_DATA_DIR: world.dataDir, ...(fault && { FORGE_FAULT: fault }) },
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (fault) await runner.exited;
    else
      await waitFor(() => world.read(loop).state === "stopped" || isBlocked(loop)(), {
        what: "the next runner",
      });
  }
}

describe("the runner is killed between the end of a run and what its verdict leads to", () => {
  test.each(["after-settle", "after-ledger", ...VERDICT_FAULT_POINTS] as const)(
    "at %s: a rejected done is told to the next run once",
    async (point) => {
      gate("echo red; exit 3");
      const loop = loopSaying(say("done"), "true", { maxIterations: 2 });
      await killedAt(loop, point);
      expect(world.runs(loop)).toHaveLength(2);
      expect((await Bun.file(prompts()).text()).split("The gate command failed (exit 3):\nred")).toHaveLength(
        2,
      );
      expect(world.queue(loop)).toMatchObject([{ status: "completed" }]);
    },
  );

  test.each(VERDICT_FAULT_POINTS)("at %s: an accepted done stops the loop once", async (point) => {
    gate("true");
    const loop = loopSaying(say("done"));
    await killedAt(loop, point);
    expect(world.runs(loop)).toHaveLength(1);
    expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "done" });
    expect(world.ledger(loop).match(/^- verdict: done$/gm)).toHaveLength(1);
  });

  test("at before-verdict: a blocked loop is blocked once", async () => {
    const loop = loopSaying(say("blocked", "no key"));
    await killedAt(loop, "before-verdict");
    await waitFor(() => world.read(loop).state === "waiting", { what: "the loop to wait" });
    expect(world.runs(loop)).toHaveLength(1);
    expect(queryEvents(world.db, { type: "loop.blocked", limit: 9 }).events).toHaveLength(1);
  });
});
