import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pidExists } from "../../src/process/identity.ts";
import { waitFor } from "../support/wait-for.ts";
import { SupervisedForge } from "./support/supervised-forge.ts";

let forge: SupervisedForge;
beforeEach(async () => {
  forge = await SupervisedForge.make();
});
afterEach(() => forge[Symbol.asyncDispose]());

test("start starts it once, status shows it, stop ends it", async () => {
  expect(await forge.run(["daemon", "status"])).toEqual({
    code: 3,
    stdout: "forged is not running\n",
    stderr: "",
  });
  const started = await forge.must(["daemon", "start"]);
  const { pid, socket, version } = forge.supervisor;
  expect(started).toBe(`forged started (pid ${pid})\n`);
  expect(await forge.must(["daemon", "start"])).toBe(`forged already running (pid ${pid})\n`);
  expect(await forge.must(["daemon", "status"])).toMatch(
    new RegExp(`^forged ${version} up \\d+s \\(pid ${pid}\\) on ${socket}, loops=0, runs=0\n$`),
  );
  expect(await forge.must(["daemon", "stop"])).toBe("forged stopped\n");
  expect(pidExists(pid)).toBe(false);
  expect(await forge.must(["daemon", "stop"])).toBe("forged is not running\n");
});

test("the same in JSON", async () => {
  const json = async (...words: string[]) => JSON.parse((await forge.run([...words, "--json"])).stdout);
  expect(await json("daemon", "status")).toEqual({ running: false });
  const { pid, socket, version, ...rest } = await json("daemon", "start");
  expect(forge.supervisor).toMatchObject({ pid, socket, version, api: 1 });
  expect(rest).toEqual({ running: true, started: true, resumed: 0 });
  expect(await json("daemon", "start")).toMatchObject({ started: false, pid });
  expect(await json("daemon", "status")).toMatchObject({
    name: "forged",
    running: true,
    draining: false,
    loops: { total: 0, running: 0, sleeping: 0, waiting: 0 },
    runs: 0,
    clients: 0,
    idle_exit_at: expect.stringMatching(/Z$/),
  });
  const nothing = { loops: 0, runs_ended: 0, runs_killed: 0 };
  expect(await json("daemon", "stop")).toEqual({ stopped: true, was_running: true, ...nothing });
  expect(await json("daemon", "stop")).toEqual({ stopped: false, was_running: false, ...nothing });
});

test("--quiet leaves only the exit code", async () => {
  expect(await forge.run(["daemon", "status", "--quiet"])).toEqual({ code: 3, stdout: "", stderr: "" });
  expect(await forge.run(["daemon", "start", "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(await forge.run(["daemon", "status", "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(await forge.run(["daemon", "stop", "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("what it leaves behind is for its owner only, and gone at a clean end", async () => {
  await forge.must(["daemon", "start"]);
  const mode = (name: string) => (statSync(join(forge.dataDir, name)).mode & 0o777).toString(8);
  expect(["", "forged.sock", "forged.json", "forged.lock"].map(mode)).toEqual(["700", "600", "600", "600"]);
  await forge.must(["daemon", "stop"]);
  expect(existsSync(join(forge.dataDir, "forged.sock"))).toBe(false);
  expect(existsSync(join(forge.dataDir, "forged.json"))).toBe(false);
});

test("it is called forged, leads a session of its own, stands in / and has no streams", async () => {
  await forge.must(["daemon", "start"]);
  const { pid } = forge.supervisor;
  expect(readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0]).toBe("forged");
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
  expect(fields[3]).toBe(String(pid));
  const link = (name: string) =>
    Bun.spawnSync(["readlink", `/proc/${pid}/${name}`])
      .stdout.toString()
      .trim();
  expect(["cwd", "fd/0", "fd/1", "fd/2"].map(link)).toEqual(["/", "/dev/null", "/dev/null", "/dev/null"]);
});

test("it carries nothing of the run that started it", async () => {
  const env = {
    FORGE_RUN_ID: "r",
    FORGE_LOOP_ID: "l",
    FORGE_LOOP_NAME: "n",
    FMAIL_AGENT: "a",
    SV_REPO: "s",
    SV_ACTOR: "s",
  };
  await forge.must(["daemon", "start"], {
    env: { ...env, FORGE_PROMPT_CONTENT: "p", BUN_OPTIONS: "--smol" },
  });
  const environment = readFileSync(`/proc/${forge.supervisor.pid}/environ`, "utf8");
  expect(environment).not.toMatch(/FORGE_RUN_ID|FORGE_LOOP|FORGE_PROMPT|FMAIL_AGENT|SV_|BUN_OPTIONS/);
});

test("restart hands over to a new one", async () => {
  await forge.must(["daemon", "start"]);
  const before = forge.supervisor;
  expect(await forge.must(["daemon", "restart"])).toBe(`forged restarted (pid ${forge.supervisor.pid})\n`);
  expect(forge.supervisor.instance_id).not.toBe(before.instance_id);
  expect(pidExists(before.pid)).toBe(false);
});

test("restart starts one where none runs", async () => {
  expect(await forge.must(["daemon", "restart"])).toBe(`forged started (pid ${forge.supervisor.pid})\n`);
});

test("logs shows the end of forged.log, and says so when there is none", async () => {
  const path = join(forge.dataDir, "logs/forged.log");
  const missing = await forge.run(["daemon", "logs"]);
  expect(missing).toEqual({ code: 1, stdout: "", stderr: `open ${path}: no such file or directory\n` });
  await forge.must(["daemon", "start"]);
  expect(await forge.must(["daemon", "logs"])).toMatch(
    /^\d\d:\d\d:\d\d INFO component=forged forged starting\n.* forged ready socket=\S+ config=/,
  );
  expect(await forge.must(["daemon", "logs", "-n", "1"])).toMatch(/^.* forged ready .*\n$/);
});

test("in the foreground it logs to standard error, also when it is called forged, until it gets a signal", async () => {
  const name = join(forge.folder, "forged");
  Bun.spawnSync(["ln", "-s", join(import.meta.dir, "../../dist/forge"), name]);
  const child = Bun.spawn([name, "--log-format", "json"], {
    env: forge.env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  await waitFor(() => forge.isSupervised, { what: "forged" });
  expect(forge.supervisor.pid).toBe(child.pid);
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  const lines = (await child.stderr.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([
    { time: expect.any(String), level: "info", component: "forged", message: "forged starting" },
    expect.objectContaining({ message: "forged ready", socket: join(forge.dataDir, "forged.sock") }),
    expect.objectContaining({ message: "forged shutting down", signal: "SIGTERM" }),
  ]);
});

test("a second one in the foreground is refused", async () => {
  await forge.must(["daemon", "start"]);
  const { code, stderr } = await forge.run(["daemon", "run"]);
  expect(code).toBe(2);
  expect(stderr).toContain(`failed to start forged: it is already running (pid ${forge.supervisor.pid})\n`);
});

test("one that does not answer is no one that does not run", async () => {
  await forge.must(["daemon", "start"]);
  const { pid } = forge.supervisor;
  process.kill(pid, "SIGSTOP");
  const message = `failed to reach forged: it does not answer (pid ${pid})\n`;
  const [status, stop] = await Promise.all([forge.run(["daemon", "status"]), forge.run(["daemon", "stop"])]);
  expect(status).toEqual({ code: 2, stdout: "", stderr: message });
  expect(stop).toEqual({ code: 2, stdout: "", stderr: message });
  process.kill(pid, "SIGCONT");
  await forge.must(["daemon", "stop"]);
}, 20_000);

test("forged tells its version", async () => {
  const name = join(forge.folder, "forged");
  Bun.spawnSync(["ln", "-s", join(import.meta.dir, "../../dist/forge"), name]);
  expect((await forge.program([name, "--version"])).stdout).toStartWith("forge version ");
});

const unit = () => join(forge.home, ".config/systemd/user/forged.service");

/** A systemctl that writes down how it was called. */
function fakeSystemctl(): void {
  const folder = join(forge.folder, "bin");
  mkdirSync(folder);
  writeFileSync(join(folder, "systemctl"), `#!/bin/sh\necho "$@" >>${join(forge.folder, "called")}\n`);
  chmodSync(join(folder, "systemctl"), 0o755);
  forge.env.PATH = `${folder}:${forge.env.PATH}`;
}

test("install writes a user unit and says how to go on", async () => {
  fakeSystemctl();
  expect(await forge.must(["daemon", "install"])).toBe(
    `${unit()}\n  systemctl --user daemon-reload\n  systemctl --user enable --now forged.service\n`,
  );
  const text = readFileSync(unit(), "utf8");
  expect(text).toMatch(/^ExecStart=\S+\/dist\/forge daemon run$/m);
  expect(text).toMatch(/^KillMode=process\nRestart=on-failure$/m);
  expect(existsSync(join(forge.folder, "called"))).toBe(false);
  expect(await forge.must(["daemon", "install", "--print"])).toBe(text);
  // The same again is no conflict.
  await forge.must(["daemon", "install", "--enable"]);
  expect(readFileSync(join(forge.folder, "called"), "utf8")).toBe(
    "--user daemon-reload\n--user enable --now forged.service\n",
  );
});

test("install overwrites a file of somebody else only with --force; uninstall removes it", async () => {
  fakeSystemctl();
  mkdirSync(join(unit(), ".."), { recursive: true });
  writeFileSync(unit(), "mine\n");
  const refused = await forge.run(["daemon", "install"]);
  expect(refused).toEqual({
    code: 1,
    stdout: "",
    stderr: `service file already exists: ${unit()} (use --force)\n`,
  });
  await forge.must(["daemon", "install", "--force"]);
  expect(await forge.must(["daemon", "uninstall"])).toBe(`removed ${unit()}\n`);
  expect(existsSync(unit())).toBe(false);
  expect(await forge.must(["daemon", "uninstall"])).toBe("forged is not installed as a service\n");
});

test("install names a data directory that is not the usual one", async () => {
  fakeSystemctl();
  const env = { FORGE_DATA_DIR: join(forge.folder, "100% other") };
  const text = await forge.must(["daemon", "install", "--print"], { env });
  expect(text).toContain(`Environment="FORGE_DATA_DIR=${join(forge.folder, "100%% other")}"\n`);
});

test("install says so where there is no service manager", async () => {
  const env = { PATH: "/nonexistent" };
  expect(await forge.run(["daemon", "install"], { env })).toEqual({
    code: 1,
    stdout: "",
    stderr: "no supported service manager found\n",
  });
});
