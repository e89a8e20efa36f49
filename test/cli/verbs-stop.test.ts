import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoopId } from "../../src/core/ids.ts";
import type { Loop } from "../../src/core/loop.ts";
import { listUnfinishedRuns } from "../../src/store/fx-runs.ts";
import { listRuns } from "../../src/store/loop-runs.ts";
import { forgeExecutable } from "../support/forge.ts";
import { processesWith } from "../support/processes.ts";
import { waitFor } from "../support/wait-for.ts";
import { message, stopOrder, VerbsSandbox } from "./verbs-sandbox.ts";

/** An agent that works until it is ended, with a child in a session of its own that does not mind TERM. */
const STUBBORN =
  "setsid sh -c 'trap : TERM; touch started; while :; do sleep 0.1; done' & trap : TERM; while :; do sleep 0.1; done";
const LONG = "touch started; sleep 60";

/** A loop whose agent has begun to work. */
async function started(forge: VerbsSandbox, command = LONG): Promise<Loop> {
  const { id: profileId } = forge.profile("p", command);
  const { id } = forge.loop("alpha", { profileId, intervalSeconds: 60 });
  await forge.start("alpha");
  await waitFor(() => existsSync(join(forge.repo, "started")), { what: "the agent to start" });
  return getLoopNow(forge, id);
}

function getLoopNow(forge: VerbsSandbox, id: LoopId): Loop {
  const loop = forge.now(id);
  if (loop === undefined) throw new Error("the loop is gone");
  return loop;
}

const agents = (forge: VerbsSandbox) =>
  processesWith(forge.folder).filter(
    (pid) => readCommand(pid).includes("sleep") || readCommand(pid).includes("sh"),
  );

function readCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

const runs = (forge: VerbsSandbox, { id }: Loop) =>
  forge.withDatabase((db) => listRuns(db, id)).map(({ status, exitCode }) => [status, exitCode]);

const log = (loop: Loop) => readFileSync(loop.logPath ?? "", "utf8").replaceAll(/\[.{20}\] /g, "");

describe("20 section 9: forge stop", () => {
  test("a loop at work stops after its run", async () => {
    await using forge = new VerbsSandbox();
    const loop = await started(forge, "touch started; while [ ! -e go ]; do sleep 0.02; done");
    expect(await forge.must(["stop", "alpha"])).toBe("Stopped 1 loop(s)\n");
    expect(forge.items(loop.id)).toEqual(["stop_graceful pending"]);
    writeFileSync(join(forge.repo, "go"), "");
    const stopped = await forge.state(loop.id, "stopped");
    expect(forge.items(loop.id)).toEqual(["stop_graceful completed"]);
    expect(runs(forge, loop)).toEqual([["success", 0]]);
    expect(log(stopped)).toEndWith("graceful stop queued\n");
  });

  test("a sleeping loop stops at once", async () => {
    await using forge = new VerbsSandbox();
    const loop = await started(forge, "touch started");
    await forge.state(loop.id, "sleeping");
    const began = performance.now();
    await forge.must(["stop", "alpha"]);
    await forge.state(loop.id, "stopped");
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(forge.items(loop.id)).toEqual(["stop_graceful completed"]);
  });

  test("loops that nobody runs are counted, and the order is done at once, so that resume works", async () => {
    await using forge = new VerbsSandbox();
    const { id: profileId } = forge.profile("p", "echo ran >> ran");
    const alpha = forge.loop("alpha", { profileId, maxIterations: 1 });
    const bravo = forge.loop("bravo", { state: "error", lastError: "boom" });
    expect(await forge.json(["stop", "--all"])).toEqual({ action: "stop_graceful", loops: 2 });
    for (const { id } of [alpha, bravo]) {
      expect(forge.items(id)).toEqual(["stop_graceful completed"]);
      expect(forge.now(id)?.state).toBe("stopped");
    }
    await forge.start("alpha");
    await waitFor(() => existsSync(join(forge.repo, "ran")), { what: "a run after resume" });
    expect(await forge.run(["stop", "bravo", "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("a loop whose runner is dead becomes stopped, its run killed, its slot free", async () => {
    await using forge = new VerbsSandbox();
    const loop = forge.loop("alpha", {
      state: "running",
      metadata: { pid: 999_999_999, runner_owner: "local" },
    });
    forge.sql("INSERT INTO loop_runs (id, loop_id, status) VALUES ('r', ?, 'running')", loop.id);
    await forge.must(["stop", "alpha"]);
    const stopped = forge.now(loop.id);
    expect([stopped?.state, stopped?.lastError]).toEqual(["stopped", "stale_runner"]);
    expect(stopped?.metadata?.runner_liveness).toMatchObject({ pid_alive: false, reason: "stale_runner" });
    expect(runs(forge, loop)).toEqual([["killed", -9]]);
  });

  test("an order for a loop of a supervisor that cannot be asked waits for it", async () => {
    await using forge = new VerbsSandbox();
    const loop = forge.loop("alpha", {
      state: "sleeping",
      metadata: { runner_owner: "daemon", runner_instance_id: "theirs" },
    });
    await forge.must(["stop", "alpha"]);
    expect(forge.items(loop.id)).toEqual(["stop_graceful pending"]);
    expect(forge.now(loop.id)?.state).toBe("sleeping");
  });
});

test.each(["stop", "kill"])("%s right after a start in a process of its own is not lost", async (verb) => {
  await using forge = new VerbsSandbox();
  const { id: profileId } = forge.profile("p", "echo x >> started; sleep 60");
  const { id } = forge.loop("alpha", { profileId });
  await forge.start("alpha");
  await forge.must([verb, "alpha"]);
  const order = verb === "stop" ? "stop_graceful" : "kill_now";
  const isDone = () => forge.items(id).join() === `${order} completed`;
  const runs = () => existsSync(join(forge.repo, "started"));
  await waitFor(() => isDone() || (verb === "stop" && runs()), { what: "the order to be done" });
  if (!isDone()) return; // It came after the plan of the run.
  await waitFor(() => processesWith(forge.folder).length === 0, { what: "the runner to end" });
  expect(forge.now(id)?.state).toBe("stopped");
});

describe("20 section 9 and 10 section 5.4: forge kill", () => {
  test("ends runner, agent and what the agent has started, within 4 s, and settles the run", async () => {
    await using forge = new VerbsSandbox();
    const loop = await started(forge, STUBBORN);
    const began = performance.now();
    expect(await forge.must(["kill", "alpha"])).toBe("Killed 1 loop(s)\n");
    expect(performance.now() - began).toBeLessThan(5000);
    expect(agents(forge)).toEqual([]);
    expect(forge.now(loop.id)?.state).toBe("stopped");
    expect(forge.items(loop.id)).toEqual(["kill_now completed"]);
    expect(runs(forge, loop)).toEqual([["killed", -1]]);
  });

  test("the next resume runs", async () => {
    await using forge = new VerbsSandbox();
    const loop = await started(forge);
    await forge.must(["kill", "alpha"]);
    await forge.start("alpha");
    await waitFor(() => runs(forge, loop).length === 2, { what: "a second run" });
    await forge.must(["kill", "alpha"]);
    expect(forge.items(loop.id)).toEqual(["kill_now completed", "kill_now completed"]);
  });

  test("an agent that has outlived its runner is ended, and its run is recorded", async () => {
    await using forge = new VerbsSandbox();
    const loop = await started(forge, STUBBORN);
    process.kill(Number(loop.metadata?.pid), "SIGKILL");
    await forge.must(["kill", "alpha"], { env: { FORGE_NO_DAEMON: "1" } });
    expect(agents(forge)).toEqual([]);
    expect(runs(forge, loop)).toEqual([["killed", -1]]);
    expect(forge.withDatabase((db) => listUnfinishedRuns(db, loop.id))).toEqual([]);
    expect(forge.items(loop.id)).toEqual(["kill_now completed"]);
    expect(log(forge.now(loop.id) ?? loop)).toContain("run interrupted: kill");
  });

  test("a runner that does not answer is ended, and so is its agent", async () => {
    await using forge = new VerbsSandbox();
    const loop = await started(forge);
    process.kill(Number(loop.metadata?.pid), "SIGSTOP");
    await forge.must(["kill", "alpha"]);
    expect(processesWith(forge.folder)).toEqual([]);
    expect(runs(forge, loop)).toEqual([["killed", -1]]);
    expect(forge.items(loop.id)).toEqual(["kill_now completed"]);
  });

  test("a run in the foreground is ended too", async () => {
    await using forge = new VerbsSandbox();
    const { id: profileId } = forge.profile("p", LONG);
    const loop = forge.loop("alpha", { profileId });
    const foreground = forge.run(["run", "alpha"]);
    await waitFor(() => existsSync(join(forge.repo, "started")), { what: "the agent to start" });
    await forge.must(["kill", "alpha"]);
    expect((await foreground).code).not.toBe(137);
    expect(runs(forge, loop)).toEqual([["killed", -1]]);
    expect(forge.now(loop.id)?.state).toBe("stopped");
  });

  test("a process that has got the pid of a dead runner is left alone", async () => {
    await using forge = new VerbsSandbox();
    const bystander = Bun.spawn(["sleep", "60"], { env: forge.env });
    const metadata = { pid: bystander.pid, runner_owner: "local" };
    const theirs = forge.loop("theirs", { state: "running", metadata });
    const ours = forge.loop("ours", { state: "running", metadata: { ...metadata, runner_instance_id: "i" } });
    // What a runner leaves that was killed: its lock file stays, and nobody holds it.
    mkdirSync(join(forge.dataDir, "runners"));
    writeFileSync(join(forge.dataDir, "runners", `${ours.id}.lock`), `${bystander.pid} i\n`);
    expect(await forge.must(["kill", "--all"])).toBe("Killed 2 loop(s)\n");
    for (const { id } of [theirs, ours]) expect(forge.now(id)?.state).toBe("stopped");
    expect(bystander.exitCode).toBeNull();
    bystander.kill("SIGKILL");
    await bystander.exited;
  });

  test("a runner of another implementation is known by its command line, and ended", async () => {
    await using forge = new VerbsSandbox();
    const alpha = forge.loop("alpha");
    const theirs = Bun.spawn(["sh", "-c", "while :; do sleep 0.1; done", "forge", "loop", "run", alpha.id], {
      env: forge.env,
    });
    forge.sql(
      "UPDATE loops SET state = 'running', metadata_json = ? WHERE id = ?",
      JSON.stringify({ pid: theirs.pid }),
      alpha.id,
    );
    forge.sql("INSERT INTO loop_runs (id, loop_id, status) VALUES ('r', ?, 'running')", alpha.id);
    await forge.must(["kill", "alpha"]);
    await theirs.exited;
    expect(theirs.signalCode).toBe("SIGTERM");
    expect(runs(forge, alpha)).toEqual([["killed", -9]]);
  });

  test("loops without a runner are stopped and counted; --quiet says nothing", async () => {
    await using forge = new VerbsSandbox();
    const alpha = forge.loop("alpha", { state: "error" });
    forge.loop("bravo");
    expect(await forge.json(["kill", "--all"])).toEqual({ action: "kill_now", loops: 2 });
    expect(forge.items(alpha.id)).toEqual(["kill_now completed"]);
    expect(forge.now(alpha.id)?.state).toBe("stopped");
    expect(await forge.run(["kill", "--all", "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("several loops at work are ended side by side", async () => {
    await using forge = new VerbsSandbox();
    const { id: profileId } = forge.profile(
      "p",
      "trap : TERM; touch $FORGE_LOOP_NAME; while :; do sleep 0.1; done",
    );
    const names = ["a", "b", "c", "d"];
    for (const name of names) {
      forge.loop(name, { profileId });
      await forge.start(name);
    }
    const all = () => names.every((name) => existsSync(join(forge.repo, name)));
    await waitFor(all, { what: "four agents" });
    const began = performance.now();
    expect(await forge.must(["kill", "--all"])).toBe("Killed 4 loop(s)\n");
    expect(performance.now() - began).toBeLessThan(6000);
    expect(agents(forge)).toEqual([]);
  });
});

describe("20 section 12: forge resume", () => {
  test("starts a stopped loop and tells it by name and short id", async () => {
    await using forge = new VerbsSandbox();
    const { id: profileId } = forge.profile("p", "touch started");
    const { id } = forge.loop("alpha", { profileId, shortId: "abc12301", maxIterations: 1 });
    expect(await forge.must(["resume", "abc1", "--spawn-owner", "local"])).toBe(
      'Loop "alpha" resumed (abc12301)\n',
    );
    await waitFor(() => forge.now(id)?.lastError === "max iterations reached (1)", { what: "the limit" });
    const answer = await forge.json(["resume", "alpha", "--spawn-owner", "local"]);
    expect(answer).toEqual({ resumed: true, loop_id: id, name: "alpha" });
  });

  test("old orders to stop are skipped, messages are delivered", async () => {
    await using forge = new VerbsSandbox();
    const { id: profileId } = forge.profile("p", 'echo "$FORGE_PROMPT_CONTENT" > prompt');
    const { id } = forge.loop("alpha", { profileId, maxIterations: 1 });
    forge.queue(id, stopOrder, message("do it"), { type: "kill_now", payload: {} });
    const { stdout, stderr } = await forge.run(["resume", "alpha", "--spawn-owner", "local"]);
    expect([stdout.startsWith('Loop "alpha" resumed'), stderr]).toEqual([
      true,
      "note: skipped 2 old stop/kill item(s)\n",
    ]);
    await waitFor(() => existsSync(join(forge.repo, "prompt")), { what: "a run" });
    await forge.state(id, "stopped");
    expect(readFileSync(join(forge.repo, "prompt"), "utf8")).toContain("do it");
    expect(forge.items(id)).toEqual([
      "stop_graceful skipped",
      "message_append completed",
      "kill_now skipped",
    ]);
  });

  test.each(["running", "sleeping", "waiting"] as const)("a loop that is %s is refused", async (state) => {
    await using forge = new VerbsSandbox();
    forge.loop("m2", { state, metadata: { pid: process.pid, runner_owner: "local" } });
    expect(await forge.run(["resume", "m2"])).toEqual({
      code: 1,
      stdout: "",
      stderr: `loop "m2" is ${state}; only stopped or errored loops can be resumed\n`,
    });
  });

  test("a loop whose runner is dead can be resumed without ps first", async () => {
    await using forge = new VerbsSandbox();
    const { id: profileId } = forge.profile("p", "touch started");
    const { id } = forge.loop("alpha", {
      profileId,
      state: "sleeping",
      metadata: { pid: 999_999_999, runner_owner: "local" },
    });
    await forge.start("alpha");
    await waitFor(() => existsSync(join(forge.repo, "started")), { what: "a run" });
    expect(forge.now(id)?.metadata?.pid).not.toBe(999_999_999);
    await forge.must(["kill", "alpha"]);
  });

  test("two at the same time start one runner", async () => {
    await using forge = new VerbsSandbox();
    const { id: profileId } = forge.profile("p", "echo x >> started; sleep 60");
    forge.loop("alpha", { profileId });
    await Promise.all([1, 2, 3].map(() => forge.run(["resume", "alpha", "--spawn-owner", "local"])));
    await waitFor(() => existsSync(join(forge.repo, "started")), { what: "a run" });
    const runners = () =>
      processesWith(forge.folder).filter((pid) => readCommand(pid).startsWith(forgeExecutable));
    await waitFor(() => runners().length === 1, { what: "one runner" });
    expect(readFileSync(join(forge.repo, "started"), "utf8")).toBe("x\n");
    await forge.must(["kill", "alpha"]);
  });
});
