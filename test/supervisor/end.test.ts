import { afterEach, beforeEach, expect, test } from "bun:test";
import { copyFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { pidExists } from "../../src/process/identity.ts";
import { forgeExecutable } from "../support/forge.ts";
import { waitFor } from "../support/wait-for.ts";
import { SupervisedForge } from "./support/supervised-forge.ts";

let forge: SupervisedForge;
beforeEach(async () => {
  forge = await SupervisedForge.make();
});
afterEach(() => forge[Symbol.asyncDispose]());

const json = async (...words: string[]) => JSON.parse(await forge.must([...words, "--json"]));

/** A loop whose harness waits for the file `go`; its second run comes in an hour. */
async function runningLoop(name = "alpha") {
  forge.profile(
    [
      ["print", "before"],
      ["mark", forge.path("ran")],
      ["await", forge.path("go")],
      ["print", "after"],
    ],
    {
      name: `p-${name}`,
    },
  );
  const ran = forge.lines("ran").length;
  await forge.must(["up", "--name", name, "--profile", `p-${name}`, "--interval", "1h"]);
  await waitFor(() => forge.lines("ran").length > ran, { what: "the harness" });
  return forge.named(name);
}

async function sleepingLoop(name = "sleeper") {
  forge.profile([["mark", forge.path("slept")]], { name: `p-${name}` });
  await forge.must(["up", "--name", name, "--profile", `p-${name}`, "--interval", "1h"]);
  await forge.untilState(forge.named(name), "sleeping");
  return forge.named(name);
}

const wanted = (id: string) =>
  forge.db.query<{ wanted: string }, [string]>("SELECT wanted FROM fx_loops WHERE loop_id = ?").get(id)
    ?.wanted;

test("stop lets runs end first and starts no new ones; the loops are held for the next start", async () => {
  const runner = await runningLoop();
  const sleeper = await sleepingLoop();
  const stop = forge.run(["daemon", "stop"]);
  await waitFor(async () => (await forge.status()).draining, { what: "the drain" });
  await forge.untilState(sleeper, "stopped");
  expect(forge.read(runner).state).toBe("running");
  // Nothing is taken up any more.
  const refused = await forge.run([
    "up",
    "--name",
    "late",
    "--profile",
    "p-alpha",
    "--spawn-owner",
    "daemon",
  ]);
  expect([refused.code, refused.stderr]).toEqual([
    2,
    "failed to start loop via daemon: forged is shutting down\n",
  ]);

  forge.touch("go");
  expect(await stop).toEqual({
    code: 0,
    stdout: "forged stopped\n",
    stderr: "waiting for 1 run(s) to end: alpha\n",
  });
  expect(forge.isSupervised).toBe(false);
  for (const loop of [runner, sleeper]) {
    expect(forge.read(loop).state).toBe("stopped");
    expect(wanted(loop.id)).toBe("held");
    expect(forge.logLines(loop).at(-1)).toBe("loop context cancelled");
    expect(forge.runs(loop)).toMatchObject([{ status: "success", exitCode: 0 }]);
  }

  // Started on demand it leaves them alone.
  await forge.must(["resume", "late"]);
  expect((await forge.hosted()).map(({ name }) => name)).toEqual(["late"]);
  expect(await json("daemon", "start")).toMatchObject({ started: false, resumed: 2 });
  await forge.untilState(sleeper, "sleeping");
  expect(forge.runs(sleeper)).toHaveLength(1);
  expect(forge.read(sleeper).metadata?.iteration_count).toBe(1);
});

test("stop --now ends the runs; daemon start takes the loops up again, --no-resume does not", async () => {
  const loop = await runningLoop();
  expect(await json("daemon", "stop", "--now")).toEqual({
    ...{ stopped: true, was_running: true, loops: 1, runs_ended: 0, runs_killed: 1 },
  });
  expect(forge.runs(loop)).toMatchObject([{ status: "killed", exitCode: -1 }]);
  expect(forge.read(loop).state).toBe("stopped");
  expect(wanted(loop.id)).toBe("held");
  expect(forge.processes()).toEqual([]);

  expect(await forge.must(["daemon", "start", "--no-resume"])).not.toContain("resumed");
  expect(await forge.hosted()).toEqual([]);
  await forge.must(["daemon", "stop"]);
  expect(await forge.must(["daemon", "start"])).toBe(
    `forged started (pid ${forge.supervisor.pid}), resumed 1 loop(s)\n`,
  );
  expect((await forge.hosted()).map(({ name }) => name)).toEqual(["alpha"]);
});

test("stop with a timeout gives up waiting, and the supervisor goes on ending by itself", async () => {
  const loop = await runningLoop();
  const { code, stderr } = await forge.run(["daemon", "stop", "--timeout", "300ms"]);
  expect([code, stderr]).toEqual([2, "waiting for 1 run(s) to end: alpha\ntimeout waiting for 1 run(s)\n"]);
  forge.touch("go");
  await waitFor(() => !forge.isSupervised, { what: "the supervisor to end" });
  expect(forge.runs(loop)).toMatchObject([{ status: "success" }]);
});

test("a drain can be followed by --now", async () => {
  const loop = await runningLoop();
  await forge.run(["daemon", "stop", "--timeout", "100ms"]);
  await forge.must(["daemon", "stop", "--now"]);
  expect(forge.runs(loop)).toMatchObject([{ status: "killed" }]);
});

const LEAVING: [string, () => Promise<unknown>][] = [
  ["SIGTERM", () => forge.killSupervisor("SIGTERM")],
  ["SIGINT", () => forge.killSupervisor("SIGINT")],
  ["SIGKILL", () => forge.killSupervisor("SIGKILL")],
  ["daemon restart", () => forge.must(["daemon", "restart"])],
];

test.each(LEAVING)(
  "after %s runs go on, and the next supervisor records them with their true exit code",
  async (name, leave) => {
    const runner = await runningLoop();
    const sleeper = await sleepingLoop();
    const rows = [runner, sleeper].map(forge.read);
    const [wakesAt] = (await forge.hosted()).flatMap(({ next_wake_at }) => next_wake_at ?? []);
    const { pid } = forge.supervisor;

    const started = performance.now();
    await leave();
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(pidExists(pid)).toBe(false);
    if (name !== "daemon restart") expect([runner, sleeper].map(forge.read)).toEqual(rows);
    expect(forge.runs(runner)).toMatchObject([{ status: "running" }]);

    const { stderr } = await forge.run(["ps"]);
    expect(stderr).toBe("");
    const hosted = await waitFor(
      async () => {
        const all = (await forge.hosted()).sort((a, b) => (a.name < b.name ? -1 : 1));
        return all.at(-1)?.state === "sleeping" && all;
      },
      { what: "the sleeper to sleep on" },
    );
    expect(hosted.map((loop) => [loop.name, loop.state, loop.run?.run_id])).toEqual([
      ["alpha", "running", forge.lines("ran")[0] ?? ""],
      ["sleeper", "sleeping", undefined],
    ]);
    // The rest of the sleep is slept, no more and no less.
    const [sleepsUntil] = (await forge.hosted()).flatMap(({ next_wake_at }) => next_wake_at ?? []);
    expect(Math.abs(Date.parse(sleepsUntil ?? "") - Date.parse(wakesAt ?? ""))).toBeLessThanOrEqual(1000);

    forge.touch("go");
    await forge.untilState(runner, "sleeping");
    expect(forge.runs(runner)).toMatchObject([
      { status: "success", exitCode: 0, outputTail: expect.stringMatching(/^before\nafter$/) },
    ]);
    expect(forge.log(runner).match(/^(before|after)$/gm)).toEqual(["before", "after"]);
    expect(forge.lines("ran")).toHaveLength(1);
    expect(forge.lines("slept")).toHaveLength(1);
  },
);

test("a run that ends while nobody watches is recorded with its true exit code and time", async () => {
  const loop = await runningLoop();
  await forge.killSupervisor();
  forge.touch("go");
  await waitFor(() => forge.processes().length === 0, { what: "the harness to end" });
  await Bun.sleep(1100);
  await forge.must(["status"]);
  await forge.untilState(loop, "sleeping");
  const [run] = forge.runs(loop);
  expect(run).toMatchObject({ status: "success", exitCode: 0 });
  expect(forge.log(loop)).toContain("before\nafter\n");
});

test("a supervisor with nothing to do ends by itself; one in the foreground, with a client or with a loop does not", async () => {
  await using quick = await SupervisedForge.make("daemon: { idle_exit: 1s }\n");
  await quick.must(["daemon", "start"]);
  await waitFor(() => !quick.isSupervised, { what: "the idle supervisor to end" });
  expect(quick.supervisorLog).toContain("forged shutting down signal=idle");

  quick.profile([]);
  await quick.must(["up", "--name", "alpha", "--interval", "1h"]);
  await Bun.sleep(2500);
  expect(quick.isSupervised).toBe(true);
  await quick.must(["stop", "alpha"]);
  await waitFor(() => !quick.isSupervised, { what: "the idle supervisor to end" });
});

/** The compiled forge under a name of its own, so that it can be replaced. */
function ownExecutable(): string {
  const path = join(forge.folder, "own-forge");
  copyFileSync(forgeExecutable, path);
  return path;
}

function replaceExecutable(path: string): void {
  copyFileSync(forgeExecutable, `${path}.new`);
  renameSync(`${path}.new`, path);
}

test("a start request finds a replaced executable: the supervisor hands over to it, and runs go on", async () => {
  const own = ownExecutable();
  const runOwn = async (...words: string[]) => {
    const { code, stderr } = await forge.program([own, ...words]);
    expect([code, stderr]).toEqual([0, ""]);
  };
  forge.profile(
    [
      ["mark", forge.path("ran")],
      ["await", forge.path("go")],
      ["exit", 3],
    ],
    { maxConcurrency: 0 },
  );
  await runOwn("up", "--name", "alpha", "--interval", "1h");
  await waitFor(() => forge.lines("ran").length === 1, { what: "the harness" });
  const before = forge.supervisor;
  replaceExecutable(own);
  await runOwn("up", "--name", "beta", "--interval", "1h");
  expect(forge.supervisor.instance_id).not.toBe(before.instance_id);
  expect(forge.supervisor.executable).toBe(own);
  expect((await forge.hosted()).map(({ name }) => name).sort()).toEqual(["alpha", "beta"]);
  forge.touch("go");
  await forge.untilState(forge.named("alpha"), "sleeping");
  expect(forge.runs(forge.named("alpha"))).toMatchObject([{ status: "error", exitCode: 3 }]);
  const forgeds = forge.processes().filter((pid) => pidExists(pid));
  expect(forgeds).toContain(forge.supervisor.pid);
});

test("a replacement that does not work is not taken", async () => {
  const own = ownExecutable();
  forge.profile([], { maxConcurrency: 0 });
  await forge.program([own, "daemon", "start"]);
  const before = forge.supervisor;
  await Bun.write(`${own}.new`, "#!/bin/sh\nexit 1\n");
  Bun.spawnSync(["chmod", "+x", `${own}.new`]);
  renameSync(`${own}.new`, own);
  await forge.must(["up", "--name", "alpha", "--interval", "1h"]);
  expect(forge.supervisor.instance_id).toBe(before.instance_id);
  expect((await forge.hosted()).map(({ name }) => name)).toEqual(["alpha"]);
});

test("one in the foreground leaves the next start to its service manager; runs go on", async () => {
  forge.profile([
    ["mark", forge.path("ran")],
    ["await", forge.path("go")],
    ["exit", 3],
  ]);
  const service = Bun.spawn([forgeExecutable, "daemon", "run"], {
    env: forge.env,
    stdio: ["ignore", "ignore", "ignore"],
  });
  await waitFor(() => forge.isSupervised, { what: "the supervisor" });
  await forge.must(["up", "--name", "alpha", "--interval", "1h"]);
  await waitFor(() => forge.lines("ran").length === 1, { what: "the harness" });
  const restart = forge.must(["daemon", "restart"]);
  // Not 0, so that systemd starts it again; here nobody does, and the command starts one by itself.
  expect(await service.exited).toBe(75);
  expect(await restart).toBe(`forged restarted (pid ${forge.supervisor.pid})\n`);
  forge.touch("go");
  await forge.untilState(forge.named("alpha"), "sleeping");
  expect(forge.runs(forge.named("alpha"))).toMatchObject([{ status: "error", exitCode: 3 }]);
});

test("a removed data directory ends the supervisor, and its harness ends by itself", async () => {
  await runningLoop();
  const { pid } = forge.supervisor;
  renameSync(forge.dataDir, `${forge.dataDir}-away`);
  await waitFor(() => !pidExists(pid), { what: "the supervisor to end" });
  expect(forge.processes()).not.toEqual([]);
  forge.touch("go");
  await waitFor(() => forge.processes().length === 0, { what: "the harness to end" });
});

test("a loop that is removed with --force while it runs ends with its harness, and the supervisor lives on", async () => {
  const loop = await runningLoop();
  await forge.must(["rm", "alpha", "--force"]);
  await waitFor(async () => (await forge.hosted()).length === 0, { what: "the runner to end" });
  expect(forge.processes()).toEqual([forge.supervisor.pid]);
  expect(forge.db.query("SELECT 1 FROM loops WHERE id = ?").get(loop.id)).toBeNull();
});
