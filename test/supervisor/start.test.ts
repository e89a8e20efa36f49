import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandLine } from "../../src/process/command-line.ts";
import { FileLock } from "../../src/process/file-lock.ts";
import { waitFor } from "../support/wait-for.ts";
import { SupervisedForge } from "./support/supervised-forge.ts";

let forge: SupervisedForge;
beforeEach(async () => {
  forge = await SupervisedForge.make();
  forge.profile([
    ["show", "PATH"],
    ["show", "MARK"],
  ]);
});
afterEach(() => forge[Symbol.asyncDispose]());

const up = (...words: string[]) => ["up", "--name", "alpha", "--interval", "1h", ...words];
const metadata = () => forge.named("alpha").metadata;
const runner = (pid: unknown) => readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(1, -1);

test("up starts the supervisor and gives it the loop", async () => {
  expect(await forge.run(up())).toEqual({
    code: 0,
    stdout: `Loop "alpha" started (${forge.named("alpha").shortId})\n`,
    stderr: "",
  });
  const { instance_id } = forge.supervisor;
  expect(metadata()).toMatchObject({ runner_owner: "daemon", runner_instance_id: instance_id });
  expect(metadata()).not.toHaveProperty("pid");
  await waitFor(() => forge.runs(forge.named("alpha")).length === 1, { what: "a run" });
  expect(await forge.hosted()).toMatchObject([{ name: "alpha", instance_id }]);
});

test("runs get the environment of the shell that started the loop, not that of the supervisor", async () => {
  await forge.must(["daemon", "start"], { env: { MARK: "supervisor" } });
  await forge.must(up(), { env: { MARK: "shell" } });
  await waitFor(() => forge.log(forge.named("alpha")).includes("shell"), { what: "the output" });
  const saved = join(forge.dataDir, "runners", `${forge.named("alpha").id}.env`);
  expect((statSync(saved).mode & 0o777).toString(8)).toBe("600");
});

test("one supervisor comes of many commands at once", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `loop-${index}`);
  await Promise.all(names.map((name) => forge.must(["up", "--name", name, "--interval", "1h"])));
  expect((await forge.hosted()).map(({ name }) => name).sort()).toEqual(names.sort());
  const forgeds = forge.processes().filter((pid) => commandLine(pid)[0] === "forged");
  expect(forgeds).toEqual([forge.supervisor.pid]);
});

test("one supervisor comes of many daemon starts at once", async () => {
  const starts = await Promise.all(
    Array.from({ length: 12 }, () => forge.must(["daemon", "start", "--json"])),
  );
  const answers = starts.map((text) => JSON.parse(text));
  expect(new Set(answers.map(({ pid }) => pid))).toEqual(new Set([forge.supervisor.pid]));
  expect(answers.filter(({ started }) => started)).toHaveLength(1);
});

test("a socket that a killed supervisor has left is replaced", async () => {
  await forge.must(["daemon", "start"]);
  await forge.killSupervisor();
  expect(existsSync(join(forge.dataDir, "forged.sock"))).toBe(true);
  await forge.must(["daemon", "start"]);
  expect((await forge.status()).pid).toBe(forge.supervisor.pid);
});

test("a local runner is a process of its own in the loop's repository, without streams and marks", async () => {
  await forge.must(up("--spawn-owner", "local"), { env: { FORGE_LOOP_ID: "other", FORGE_RUN_ID: "other" } });
  await waitFor(() => metadata()?.pid, { what: "the pid" });
  const { pid, runner_owner, runner_instance_id } = metadata() ?? {};
  expect(runner_owner).toBe("local");
  expect(runner_instance_id).toMatch(/^local-[0-9a-f]{32}$/);
  expect(runner(pid)).toEqual(["loop", "run", forge.named("alpha").id]);
  const link = (name: string) =>
    Bun.spawnSync(["readlink", `/proc/${pid}/${name}`])
      .stdout.toString()
      .trim();
  expect(["cwd", "fd/0", "fd/1", "fd/2"].map(link)).toEqual([
    forge.repo,
    "/dev/null",
    "/dev/null",
    "/dev/null",
  ]);
  expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain("FORGE_LOOP_ID=other");
  expect(existsSync(join(forge.dataDir, "forged.lock"))).toBe(false);
});

test("a local runner reads the configuration file of its starter, also by a relative name", async () => {
  writeFileSync(join(forge.repo, "mine.yaml"), "logging: { level: warn }\n");
  await forge.must(["--config", "mine.yaml", ...up("--spawn-owner", "local")]);
  await waitFor(() => metadata()?.pid, { what: "the pid" });
  expect(runner(metadata()?.pid).slice(0, 2)).toEqual(["--config", join(forge.repo, "mine.yaml")]);
});

test.each([
  ["daemon.autostart is false", "daemon: { autostart: false }\n", {}],
  ["FORGE_NO_DAEMON is set", "", { FORGE_NO_DAEMON: "1" }],
])(
  "where %s, auto is local without a word and daemon is an error",
  async (_name, yaml, env: Record<string, string>) => {
    await using other = await SupervisedForge.make(yaml);
    other.profile([]);
    expect(await other.run(up(), { env })).toMatchObject({ code: 0, stderr: "" });
    expect(other.named("alpha").metadata?.runner_owner).toBe("local");
    const { code, stdout, stderr } = await other.run(["up", "--name", "beta", "--spawn-owner", "daemon"], {
      env,
    });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toStartWith("forged daemon unavailable: failed to start supervisor: ");
    expect(other.named("beta")).toMatchObject({ state: "stopped" });
  },
);

test("where nobody may start one, auto still takes one that runs", async () => {
  await forge.must(["daemon", "start"]);
  await forge.must(up(), { env: { FORGE_NO_DAEMON: "1" } });
  expect(metadata()?.runner_owner).toBe("daemon");
});

test("a supervisor that cannot start: auto warns and goes local, daemon fails with the reason as its hint", async () => {
  // A folder in its place: no socket can be made there.
  mkdirSync(join(forge.dataDir, "forged.sock/in-the-way"), { recursive: true });
  const auto = await forge.run(up());
  expect(auto.code).toBe(0);
  expect(auto.stderr).toStartWith(
    "warning: forged unavailable, falling back to local spawn (forged daemon unavailable: failed to start supervisor: ",
  );
  expect(metadata()?.runner_owner).toBe("local");
  expect(await forge.run(["up", "--name", "quiet", "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });

  const words = ["up", "--name", "beta", "--spawn-owner", "daemon", "--json"];
  const { code, stdout } = await forge.run(words);
  expect(code).toBe(2);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: "ERR_OPERATION_FAILED",
    message: "forged daemon unavailable: failed to start supervisor: it ended with exit status 2",
    hint: expect.stringContaining("forged.sock"),
  });
  expect(forge.named("beta")).toMatchObject({ state: "stopped" });
});

test("when neither works both reasons are told, and the loop stays", async () => {
  mkdirSync(join(forge.dataDir, "forged.sock/in-the-way"), { recursive: true });
  const loop = forge.loop({ name: "gone", repoPath: join(forge.folder, "gone") });
  const { code, stderr } = await forge.run(["resume", "gone"]);
  expect(code).toBe(2);
  expect(stderr).toContain("daemon start failed (forged daemon unavailable: ");
  expect(stderr).toContain("), local fallback failed: failed to start local loop process: chdir ");
  expect(forge.read(loop).state).toBe("stopped");
});

test("a local start that fails says why", async () => {
  forge.loop({ name: "gone", repoPath: join(forge.folder, "gone") });
  expect(await forge.run(["resume", "gone", "--spawn-owner", "local"])).toEqual({
    code: 2,
    stdout: "",
    stderr: `failed to start local loop process: chdir ${join(forge.folder, "gone")}: no such file or directory\n`,
  });
});

test("a supervisor that is named is used, and never started", async () => {
  const target = `unix://${join(forge.dataDir, "forged.sock")}`;
  const env = { FORGE_DAEMON_TARGET: target };
  const { code, stderr } = await forge.run(up("--spawn-owner", "daemon"), { env });
  expect([code, stderr]).toEqual([2, `forged daemon unavailable: no Forge supervisor at ${target}\n`]);
  await forge.must(["daemon", "start"]);
  await forge.must(["resume", "alpha", "--spawn-owner", "daemon"], { env });
  expect(metadata()?.runner_owner).toBe("daemon");
  await forge.must(["up", "--name", "beta", "--spawn-owner", "daemon"], { env: { FORGED_ADDR: target } });
  expect((await forge.hosted()).map(({ name }) => name).sort()).toEqual(["alpha", "beta"]);
});

test("something else at the named address is no supervisor", async () => {
  using server = Bun.serve({ port: 0, fetch: () => Response.json({ name: "another" }) });
  const target = `127.0.0.1:${server.port}`;
  const { code, stderr } = await forge.run(up("--spawn-owner", "daemon"), {
    env: { FORGE_DAEMON_TARGET: target },
  });
  expect([code, stderr]).toEqual([2, `forged daemon unavailable: no Forge supervisor at ${target}\n`]);
});

test("a socket path that is too long lies elsewhere, and clients find it", async () => {
  const env = {
    FORGE_DATA_DIR: join(forge.folder, "d".repeat(100)),
    XDG_RUNTIME_DIR: join(forge.folder, "run"),
  };
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o755 });
  const { socket } = JSON.parse(await forge.must(["daemon", "start", "--json"], { env }));
  expect(socket).toMatch(/\/run\/forge-[0-9a-f]{12}\.sock$/);
  expect((statSync(env.XDG_RUNTIME_DIR).mode & 0o777).toString(8)).toBe("700");
  expect(await forge.must(["daemon", "status"], { env })).toContain(` on ${socket}, `);
  await forge.must(["daemon", "stop"], { env });
});

test("a lock that is held by a process that does not answer makes daemon fail, not hang", async () => {
  using lock = await FileLock.acquire(join(forge.dataDir, "forged.lock"), `${process.pid} nobody\n`);
  expect(lock).toBeDefined();
  const started = performance.now();
  const { code, stderr } = await forge.run(up("--spawn-owner", "daemon"));
  expect(performance.now() - started).toBeLessThan(30_000);
  expect([code, stderr]).toEqual([
    2,
    `forged daemon unavailable: failed to start supervisor: it does not answer (pid ${process.pid})\n`,
  ]);
});

test("one that speaks another api is asked to hand over, and named when that does not help", async () => {
  using lock = await FileLock.acquire(join(forge.dataDir, "forged.lock"), `${process.pid} another\n`);
  expect(lock).toBeDefined();
  const socket = join(forge.dataDir, "forged.sock");
  const asked: string[] = [];
  const server = Bun.serve({
    unix: socket,
    fetch: async (request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`);
      return Response.json({ name: "forged", api: 2, instance_id: "another" });
    },
  });
  writeFileSync(join(forge.dataDir, "forged.json"), JSON.stringify({ socket, instance_id: "another" }));
  const { code, stderr } = await forge.run(up("--spawn-owner", "daemon"));
  expect([code, stderr]).toEqual([2, "forged speaks api 2, this forge 1: run forge daemon restart\n"]);
  expect(asked).toContain('POST /v1/shutdown {"mode":"handover"}');
  await server.stop(true);
}, 20_000);

test("resume of a loop that has a runner is refused by its state, and a second start by the supervisor", async () => {
  await forge.must(up());
  await waitFor(() => forge.named("alpha").state === "sleeping", { what: "the loop to sleep" });
  const { code, stderr } = await forge.run(["resume", "alpha"]);
  expect([code, stderr]).toEqual([
    1,
    'loop "alpha" is sleeping; only stopped or errored loops can be resumed\n',
  ]);
  const { id } = forge.named("alpha");
  const response = await forge.request("POST", `/v1/loops/${id}/start`, { reason: "resume" });
  expect([response.status, await response.json()]).toEqual([
    409,
    { error: { code: "ERR_EXISTS", message: `loop runner "${id}" already running` } },
  ]);
});

test("a data directory that is removed ends the supervisor", async () => {
  await forge.must(["daemon", "start"]);
  const { pid } = forge.supervisor;
  rmSync(forge.dataDir, { recursive: true });
  await waitFor(() => !forge.processes().includes(pid), { what: "the supervisor to end" });
});
