import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BudgetUnit } from "../../src/core/budget.ts";
import type { Loop } from "../../src/core/loop.ts";
import { markedProcesses } from "../../src/process/marked-processes.ts";
import { FAULT_POINTS, type FaultPoint } from "../../src/runner/fault-points.ts";
import { setBudget } from "../../src/store/budget-gate.ts";
import { budgetUse } from "../../src/store/budget-sums.ts";
import { listBudgets } from "../../src/store/budgets.ts";
import { listUnfinishedRuns } from "../../src/store/fx-runs.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

let world: LoopWorld;
let runs: string;
let delivered: string;
let go: string;

beforeEach(async () => {
  world = await LoopWorld.make();
  runs = join(world.folder, "runs-that-were");
  delivered = join(world.folder, "delivered");
  go = join(world.folder, "go");
});
afterEach(() => world[Symbol.asyncDispose]());

const linesOf = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];

/** Points that a loop without an interval comes to in its next pass, or never. */
const restsBefore = (point: FaultPoint | undefined) => point === "sleeping" || point === "after-record";

/** Two iterations whose harness says that it was there, waits for a file, and exits with 3; one message. */
function prepare(point?: FaultPoint): Loop {
  world.profile([], {
    commandTemplate: [
      `echo "output of $FORGE_RUN_ID"`,
      `case "$FORGE_PROMPT_CONTENT" in *"the message"*) echo "$FORGE_RUN_ID" >>${delivered};; esac`,
      `echo "$FORGE_RUN_ID" >>${runs}`,
      `until [ -e ${go} ]; do sleep 0.01; done`,
      "exit 3",
    ].join("; "),
  });
  const loop = world.loop({ maxIterations: 2, intervalSeconds: restsBefore(point) ? 1 : 0 });
  limit("runs", 100);
  limit("usd", 100_000_000);
  world.enqueue(loop, { type: "message_append", payload: { text: "the message" } });
  return loop;
}

const limit = (unit: BudgetUnit, amount: number) =>
  setBudget(
    world.db,
    { scope: "all", scopeRef: "", period: "total", unit, amount, action: "hard", createdBy: "cli" },
    Date.now(),
    world.config.budget,
  );

/** What of the two budgets is used and set aside. */
const budgetSums = () =>
  listBudgets(world.db).map((budget) => {
    const { used, reserved } = budgetUse(world.db, budget, Date.now(), "UTC");
    return [budget.unit, used, reserved];
  });

function startRunner(loop: Loop, fault?: string): Bun.Subprocess {
  return Bun.spawn([process.execPath, join(import.meta.dir, "runner-process.ts"), loop.id], {
    cwd: world.repo,
    env: { ...world.env, FORGE_DATA_DIR: world.dataDir, ...(fault && { FORGE_FAULT: fault }) },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

const stateOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.[0] ?? "";

const AFTER_THE_RUN: readonly FaultPoint[] = FAULT_POINTS.slice(FAULT_POINTS.indexOf("after-exit"));

const WITH_A_HARNESS: readonly FaultPoint[] = ["after-spawn", "recorded-spawn"];

/** Has a runner stand still at a point of its first pass. */
async function runnerStoppedAt(loop: Loop, point: FaultPoint): Promise<Bun.Subprocess> {
  if (AFTER_THE_RUN.includes(point)) await Bun.write(go, "");
  const runner = startRunner(loop, `${point}:stop`);
  if (point === "interrupting") {
    await waitFor(() => linesOf(runs).length > 0, { what: "the harness" });
    world.enqueue(loop, { type: "steer_message", payload: { message: "an order" } });
  }
  await waitFor(() => stateOf(runner.pid) === "T", { what: `the runner to come to ${point}` });
  if (WITH_A_HARNESS.includes(point)) await waitFor(() => linesOf(runs).length > 0, { what: "the harness" });
  return runner;
}

/** By the group that is recorded, and before that by the mark of each run. */
function killHarness(): void {
  for (const { pid, runId } of listUnfinishedRuns(world.db)) {
    if (pid !== undefined) kill(-pid);
    for (const marked of markedProcesses(runId)) kill(marked.pid);
  }
}

function kill(target: number): void {
  try {
    process.kill(target, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

async function killRunner(runner: Bun.Subprocess): Promise<void> {
  runner.kill("SIGKILL");
  await runner.exited;
}

const untilGone = (what: string) =>
  waitFor(() => world.processes().length === 0, { what: `${what} to be gone` });

const finishes = async (loop: Loop) => {
  await waitFor(() => world.read(loop).state === "stopped", { what: "the loop to stop", timeoutMs: 20_000 });
  await untilGone("all processes");
};

/** What must hold whatever was killed when. */
function expectNothingLost(loop: Loop, { mayBeLost }: { mayBeLost: boolean }): void {
  const rows = world.runs(loop);
  const entries = [
    ...world
      .ledger(loop)
      .matchAll(/^- run_id: (\S+)\n(?:- .*\n)*?- status: (\S+)\n(?:- .*\n)*?- exit_code: (\S+)$/gm),
  ];
  expect(
    entries.map(([, id, status, code]) => ({
      id: String(id),
      status: String(status),
      exitCode: Number(code),
    })),
  ).toEqual(
    rows.map(({ id, status, exitCode }) => ({
      id: String(id),
      status: String(status),
      exitCode: Number(exitCode),
    })),
  );
  expect(rows.filter(({ status }) => status === "running")).toEqual([]);
  expect(listUnfinishedRuns(world.db)).toEqual([]);

  const ran = linesOf(runs);
  expect(new Set(ran).size).toBe(ran.length);
  expect(rows.map(({ id }) => String(id))).toEqual(expect.arrayContaining(ran));
  const log = world.log(loop);
  for (const id of ran) expect([id, log.split(`output of ${id}\n`).length - 1]).toEqual([id, 1]);

  const lost = rows.filter(({ exitCode }) => exitCode === -9);
  expect(lost.length).toBeLessThanOrEqual(mayBeLost ? 1 : 0);
  const message = world.queue(loop)[0];
  expect(message?.status).toBe("completed");
  const deliveries = linesOf(delivered);
  const lostDeliveries = deliveries.filter((id) => lost.some((row) => row.id === id));
  expect(deliveries.length - lostDeliveries.length).toBe(1);

  expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "max iterations reached (2)" });
  // A run whose harness was never there is no iteration.
  const counted = rows.filter(({ id }) => !lost.some((row) => row.id === id) || ran.includes(id)).length;
  expect(counted).toBe(2);

  // Each of them told nothing of its cost: it is charged with what was set aside for it.
  expect(budgetSums()).toEqual([
    ["runs", 2, 0],
    ["usd", 1_000_000, 0],
  ]);
}

const settled = (loop: Loop) => world.runs(loop).filter(({ exitCode }) => exitCode !== -9);

/** Before the harness starts there is only a row, which is given up. */
const BEFORE_THE_HARNESS: readonly FaultPoint[] = ["after-claim", "before-spawn"];

test.each(FAULT_POINTS)(
  "the runner is killed at %s and the harness ends before the next runner comes",
  async (point) => {
    const loop = prepare(point);
    const runner = await runnerStoppedAt(loop, point);
    await killRunner(runner);
    await Bun.write(go, "");
    await untilGone("the harness");
    startRunner(loop);
    await finishes(loop);
    expectNothingLost(loop, { mayBeLost: BEFORE_THE_HARNESS.includes(point) });
    const interrupted = point === "interrupting" ? [-1, 3] : [3, 3];
    expect(settled(loop).map(({ exitCode }) => exitCode)).toEqual(interrupted);
  },
);

test.each(FAULT_POINTS)(
  "the runner is killed at %s and the next one finds the harness alive",
  async (point) => {
    const loop = prepare(point);
    const runner = await runnerStoppedAt(loop, point);
    await killRunner(runner);
    startRunner(loop);
    await waitFor(() => linesOf(runs).length > 0, { what: "a harness" });
    await Bun.sleep(100);
    await Bun.write(go, "");
    await finishes(loop);
    expectNothingLost(loop, { mayBeLost: BEFORE_THE_HARNESS.includes(point) });
    const interrupted = point === "interrupting" ? [-1, 3] : [3, 3];
    expect(settled(loop).map(({ exitCode }) => exitCode)).toEqual(interrupted);
  },
);

test.each(FAULT_POINTS)("the harness is killed while the runner is at %s", async (point) => {
  const loop = prepare(point);
  const runner = await runnerStoppedAt(loop, point);
  const wasThere = world.processes().length > 1;
  killHarness();
  runner.kill("SIGCONT");
  await Bun.write(go, "");
  await finishes(loop);
  expectNothingLost(loop, { mayBeLost: false });
  expect(settled(loop).map(({ exitCode }) => exitCode)).toEqual(wasThere ? [-1, 3] : [3, 3]);
});

test.each(FAULT_POINTS)("runner and harness are killed at %s", async (point) => {
  const loop = prepare(point);
  const runner = await runnerStoppedAt(loop, point);
  await killRunner(runner);
  killHarness();
  await untilGone("everything");
  await Bun.write(go, "");
  startRunner(loop);
  await finishes(loop);
  expectNothingLost(loop, { mayBeLost: !AFTER_THE_RUN.includes(point) });
});

test("a steer whose runner was killed while it ended the harness reaches the next run", async () => {
  const loop = prepare();
  const runner = await runnerStoppedAt(loop, "interrupting");
  await killRunner(runner);
  const prompts = join(world.folder, "prompts");
  world.db.run(`UPDATE profiles SET command_template = 'printf %s "$FORGE_PROMPT_CONTENT" >>${prompts}'`);
  startRunner(loop);
  await finishes(loop);
  expect(readFileSync(prompts, "utf8").split("an order").length - 1).toBeGreaterThanOrEqual(1);
  expect(world.runs(loop).map(({ status, exitCode }) => [status, exitCode])).toEqual([
    ["killed", -1],
    ["success", 0],
  ]);
  expect(world.queue(loop).map(({ status }) => status)).toEqual(["completed", "completed"]);
});

test.each(["interrupting", "before-settle", "after-settle", "after-ledger"] as const)(
  "a kill whose runner was killed at %s still stops the loop",
  async (point) => {
    const loop = prepare();
    const runner = startRunner(loop, `${point}:stop`);
    await waitFor(() => linesOf(runs).length > 0, { what: "the harness" });
    world.enqueue(loop, { type: "kill_now", payload: { reason: "enough" } });
    await waitFor(() => stateOf(runner.pid) === "T", { what: `the runner to come to ${point}` });
    await killRunner(runner);
    startRunner(loop);
    await finishes(loop);
    expect(world.runs(loop).map(({ status, exitCode }) => [status, exitCode])).toEqual([["killed", -1]]);
    expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "enough" });
    expect(world.logLines(loop).at(-1)).toBe("run interrupted: kill");
    expect(world.ledger(loop).match(/^- run_id/gm)).toHaveLength(1);
  },
);
