import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runnerLockPath } from "../../src/config/paths.ts";
import type { Loop } from "../../src/core/loop.ts";
import { pidExists } from "../../src/process/identity.ts";
import { waitFor } from "../support/wait-for.ts";
import { SupervisedForge } from "./support/supervised-forge.ts";

let forge: SupervisedForge;
beforeEach(async () => {
  forge = await SupervisedForge.make();
  forge.profile([["print", "hello"]], { maxConcurrency: 0 });
});
afterEach(() => forge[Symbol.asyncDispose]());

async function sleeping(name: string, ...words: string[]) {
  await forge.must(["up", "--name", name, "--interval", "1h", ...words]);
  await forge.untilState(forge.named(name), "sleeping");
  return forge.named(name);
}

const setBoot = (bootId: string) => forge.db.run("UPDATE fx_loops SET boot_id = ?", [bootId]);

test.each([
  "ps",
  "status",
  "msg alpha hello",
  "queue ls alpha",
  "stop alpha",
  "logs alpha",
  "wait --until idle --loop alpha --timeout 1s",
  "explain alpha",
])("after a crash `forge %s` brings the supervisor back (spec/10 15.1)", async (line) => {
  await sleeping("alpha");
  await forge.killSupervisor();
  const { stderr } = await forge.run(line.split(" "));
  expect(stderr).not.toContain("forged");
  await waitFor(() => forge.isSupervised, { what: "the next supervisor" });
});

test("fifty sleeping loops go on where they were", async () => {
  const names = Array.from({ length: 50 }, (_, index) => `loop-${index}`);
  await forge.must(["up", "--name-prefix", "loop", "-n", "50", "--interval", "1h"]);
  await waitFor(async () => (await forge.status()).loops.sleeping === 50, {
    what: "all to sleep",
    timeoutMs: 30_000,
  });
  const loops = names.map((_, index) => forge.named(`loop-${index + 1}`));
  const counters = loops.map(({ metadata }) => [metadata?.started_at, metadata?.iteration_count]);
  await forge.killSupervisor();
  await forge.must(["ps"]);
  await waitFor(async () => (await forge.status()).loops.sleeping === 50, { what: "all to sleep again" });
  const after = loops.map(forge.read);
  expect(after.map(({ metadata }) => [metadata?.started_at, metadata?.iteration_count])).toEqual(counters);
  expect(after.every(({ metadata }) => metadata?.runner_instance_id === forge.supervisor.instance_id)).toBe(
    true,
  );
  expect(loops.flatMap(forge.runs)).toHaveLength(50);
});

test("a fourth crash within ten minutes is left to a person, with a word where to look", async () => {
  await sleeping("alpha");
  for (let crashes = 0; crashes < 3; crashes++) {
    await forge.killSupervisor();
    expect(await forge.run(["status"])).toMatchObject({ code: 0, stderr: "" });
    expect(forge.isSupervised).toBe(true);
  }
  await forge.killSupervisor();
  expect((await forge.run(["status"])).stderr).toBe(
    `note: forged has ended 3 times within 10 minutes; see ${join(forge.dataDir, "logs/forged.log")}, then: forge daemon start\n`,
  );
  expect(forge.isSupervised).toBe(false);
  // Looking at it does not stop it for good.
  expect(await forge.must(["ps"])).toMatch(/sleeping|running/);
  // A person may.
  expect(await forge.must(["daemon", "start"])).toContain("resumed 1 loop(s)");
});

test("supervisors that ended in good order, however many, count as no crash", async () => {
  await sleeping("alpha");
  for (let ends = 0; ends < 5; ends++) {
    await forge.killSupervisor("SIGTERM");
    expect(await forge.run(["status"])).toMatchObject({ code: 0, stderr: "" });
    expect(forge.isSupervised).toBe(true);
  }
});

test("where no supervisor may be started, none is", async () => {
  await sleeping("alpha");
  await forge.killSupervisor();
  await forge.run(["status"], { env: { FORGE_NO_DAEMON: "1" } });
  expect(forge.isSupervised).toBe(false);
});

test("with nothing to run no command starts one", async () => {
  await sleeping("alpha");
  await forge.must(["stop", "alpha"]);
  await forge.untilState(forge.named("alpha"), "stopped");
  await forge.killSupervisor();
  await forge.must(["ps"]);
  expect(forge.isSupervised).toBe(false);
});

test("a local runner that crashed is started again as a process of its own, and goes on", async () => {
  const loop = await sleeping("alpha", "--spawn-owner", "local");
  const pid = Number(loop.metadata?.pid);
  process.kill(pid, "SIGKILL");
  await waitFor(() => !pidExists(pid), { what: "the runner to be gone" });
  await forge.must(["status"]);
  await waitFor(() => forge.read(loop).metadata?.pid !== pid, { what: "the next runner" });
  await forge.untilState(loop, "sleeping");
  const after = forge.read(loop).metadata;
  expect(after).toMatchObject({
    runner_owner: "local",
    iteration_count: 1,
    started_at: loop.metadata?.started_at,
  });
  expect(forge.runs(loop)).toHaveLength(1);
  expect(forge.isSupervised).toBe(false);
});

test("loops of an earlier boot are left by a supervisor that a command needed, and taken up when it is asked for", async () => {
  const old = await sleeping("old");
  await forge.killSupervisor();
  setBoot("earlier");
  const up = await forge.run(["up", "--name", "new", "--interval", "1h"]);
  expect(up.stderr).toBe(
    "note: 1 loop(s) were running before this machine restarted; forge daemon start resumes them\n",
  );
  await forge.untilState(old, "stopped");
  expect(forge.read(old).lastError).toBe("stale_runner");
  await waitFor(async () => (await forge.hosted()).length === 1, { what: "the old loop to be left" });

  // And it stays so, as long as nobody asks.
  await forge.killSupervisor();
  await forge.must(["status"]);
  await waitFor(async () => (await forge.hosted()).length === 1, { what: "the new loop" });
  expect(forge.read(old).state).toBe("stopped");

  expect(await forge.must(["daemon", "start"])).toBe(
    `forged already running (pid ${forge.supervisor.pid}), resumed 1 loop(s)\n`,
  );
  await forge.untilState(old, "sleeping");
  expect(forge.runs(old)).toHaveLength(1);
});

test("a run of an earlier boot is settled although its loop is left", async () => {
  forge.profile([["mark", forge.path("ran")], ["hang"]], { name: "hanging" });
  await forge.must(["up", "--name", "old", "--profile", "hanging"]);
  await waitFor(() => forge.lines("ran").length === 1, { what: "the harness" });
  const old = forge.named("old");
  await forge.killSupervisor();
  forge.killHarnesses();
  await waitFor(() => forge.processes().length === 0, { what: "the harness to be gone" });
  setBoot("earlier");
  await forge.must(["up", "--name", "new", "--profile", "p1", "--interval", "1h"]);
  await forge.untilState(old, "stopped");
  expect(forge.runs(old)).toMatchObject([{ status: "killed", exitCode: -9 }]);
  expect(forge.read(old).lastError).toBe("stale_runner");
});

test("daemon start takes loops of an earlier boot up at once", async () => {
  const old = await sleeping("old");
  await forge.killSupervisor();
  setBoot("earlier");
  expect(await forge.must(["daemon", "start"])).toContain(", resumed 1 loop(s)\n");
  await forge.untilState(old, "sleeping");
});

test("a loop that another program has stopped meanwhile stays stopped, and its run is still recorded", async () => {
  forge.profile(
    [
      ["mark", forge.path("ran")],
      ["await", forge.path("go")],
      ["exit", 4],
    ],
    { name: "waiting" },
  );
  await forge.must(["up", "--name", "alpha", "--profile", "waiting"]);
  await waitFor(() => forge.lines("ran").length === 1, { what: "the harness" });
  const loop = forge.named("alpha");
  await forge.killSupervisor();
  forge.db.run("UPDATE loops SET state = 'stopped', last_error = 'operator' WHERE id = ?", [loop.id]);
  await forge.must(["daemon", "start"]);
  forge.touch("go");
  await waitFor(() => forge.runs(loop)[0]?.status === "error", { what: "the end of the run" });
  await waitFor(async () => (await forge.hosted()).length === 0, { what: "the runner to leave" });
  expect(forge.read(loop).state).toBe("stopped");
  expect(forge.runs(loop)).toMatchObject([{ exitCode: 4 }]);
  expect(forge.lines("ran")).toHaveLength(1);
  await forge.killSupervisor();
  await forge.must(["daemon", "start"]);
  expect(await forge.hosted()).toEqual([]);
});

test("a loop that is resumed while its old run still lives gets a runner that follows it", async () => {
  forge.profile(
    [
      ["mark", forge.path("ran")],
      ["await", forge.path("go")],
    ],
    { name: "waiting" },
  );
  await forge.must(["up", "--name", "alpha", "--profile", "waiting", "-i", "2", "--interval", "1h"]);
  await waitFor(() => forge.lines("ran").length === 1, { what: "the harness" });
  const loop = forge.named("alpha");
  await forge.killSupervisor();
  forge.db.run("UPDATE loops SET state = 'stopped', last_error = 'operator' WHERE id = ?", [loop.id]);
  await forge.must(["daemon", "start"]);
  await forge.must(["resume", "alpha"]);
  await forge.untilState(loop, "running");
  expect(forge.lines("ran")).toHaveLength(1);
  forge.touch("go");
  await forge.untilState(loop, "stopped");
  expect(forge.read(loop).lastError).toBe("max iterations reached (2)");
  expect(forge.runs(loop)).toHaveLength(2);
  expect(forge.runs(loop)[0]).toMatchObject({ status: "success", exitCode: 0 });
});

test("an error in one loop puts it into error and leaves the supervisor and the others alone", async () => {
  const other = await sleeping("other");
  // The file of its lock cannot be opened: a folder has that name.
  const breakLock = ({ id }: Loop) => {
    const path = runnerLockPath(forge.config, id);
    rmSync(path, { force: true });
    mkdirSync(path);
  };
  const broken = forge.loop({ name: "broken" });
  breakLock(broken);
  const { code, stderr } = await forge.run(["resume", "broken", "--spawn-owner", "daemon"]);
  expect(code).toBe(2);
  expect(stderr).toStartWith("failed to start loop via daemon: ");
  expect(forge.read(broken).state).toBe("stopped");
  expect((await forge.hosted()).map(({ name }) => name)).toEqual(["other"]);

  await forge.killSupervisor();
  breakLock(other);
  await sleeping("third");
  await forge.untilState(other, "error");
  expect(forge.read(other).lastError).toContain("directory");
  expect((await forge.hosted()).map(({ name }) => name)).toEqual(["third"]);
});
