import { expect, test } from "bun:test";
import { join } from "node:path";
import { markedProcesses } from "../../src/process/marked-processes.ts";
import { terminateRun } from "../../src/process/terminate.ts";
import type { Step } from "../support/scripted-harness.ts";
import { shortestTime } from "../support/shortest-time.ts";
import { waitFor } from "../support/wait-for.ts";
import { WatchedRun } from "./watched.ts";

const nothingLeft = (run: WatchedRun) => run.processes().length === 0;

/** What a harness that answers TERM does not use up (spec/10 section 7.5). */
const GRACE_MS = 2000;
const LIMIT_MS = 4000;

/** How long it takes until nothing of such a harness is alive, in ms. */
async function timeToEnd(...steps: Step[]): Promise<number> {
  await using run = new WatchedRun();
  const time = await startAndTerminate(run, ...steps);
  expect(nothingLeft(run)).toBe(true);
  return time;
}

async function startAndTerminate(run: WatchedRun, ...steps: Step[]): Promise<number> {
  const mark = join(run.folder, "ready");
  const started = run.start(...steps, ["mark", mark], ["hang"]);
  await waitFor(() => Bun.file(mark).exists(), { what: "the harness to be ready" });
  const from = performance.now();
  expect(await terminateRun(started)).toBe(true);
  return performance.now() - from;
}

test("a harness that answers TERM is gone at once, with its children", async () => {
  expect(await shortestTime(GRACE_MS, () => timeToEnd(["fork"]))).toBeLessThan(GRACE_MS);
});

test.each<[string, Step[]]>([
  ["ignores TERM", [["ignore-term"]]],
  ["has a stubborn child", [["fork-stubborn"]]],
  ["has a stubborn grandchild in another session", [["double-fork"]]],
  ["does all of this", [["ignore-term"], ["fork-stubborn"], ["double-fork"], ["double-fork"]]],
])("nothing is alive after 4 s of a harness that %s", async (_what, steps) => {
  expect(await shortestTime(LIMIT_MS, () => timeToEnd(...steps))).toBeLessThan(LIMIT_MS);
});

test("a process of the same name that is no part of the run lives on", async () => {
  await using bystander = new WatchedRun();
  const other = bystander.start(["double-fork"], ["fork"], ["hang"]);
  await using run = new WatchedRun();
  await startAndTerminate(run, ["double-fork"], ["fork"]);
  expect(nothingLeft(run)).toBe(true);
  expect(markedProcesses(bystander.runId).length).toBeGreaterThanOrEqual(4);
  expect(await terminateRun(other, { atOnce: () => true })).toBe(true);
});

test("a pid that was given to another process is not signalled", async () => {
  await using bystander = new WatchedRun();
  const { identity } = bystander.start(["hang"]);
  const reused = { ...identity, started: `${Number(identity.started) - 1}` };
  expect(await terminateRun({ runId: crypto.randomUUID(), leader: reused })).toBe(true);
  expect(nothingLeft(bystander)).toBe(false);
});

test("children are found after the wrapper and the harness have been killed", async () => {
  await using run = new WatchedRun();
  const started = run.start(["fork"], ["fork-stubborn"], ["hang"]);
  await waitFor(() => markedProcesses(run.runId).length >= 4, { what: "the children" });
  process.kill(started.identity.pid, "SIGKILL");
  await started.gone;
  expect(await terminateRun(started)).toBe(true);
  expect(nothingLeft(run)).toBe(true);
});

test("asked to hurry, it kills without waiting for the grace to pass", async () => {
  await using run = new WatchedRun();
  const mark = join(run.folder, "ready");
  const started = run.start(["ignore-term"], ["mark", mark], ["hang"]);
  await waitFor(() => Bun.file(mark).exists(), { what: "the harness to be ready" });
  const from = performance.now();
  expect(await terminateRun(started, { atOnce: () => performance.now() - from > 100 })).toBe(true);
  expect(performance.now() - from).toBeLessThan(GRACE_MS);
});
