import { expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { decodeShellStatus, describeExit } from "../../src/process/exit-status.ts";
import { identify, isAlive } from "../../src/process/identity.ts";
import { startWrapped } from "../../src/process/wrapper.ts";
import type { Step } from "../support/scripted-harness.ts";
import { waitFor } from "../support/wait-for.ts";
import { WatchedRun } from "./watched.ts";

test.each<[string, Step[], number]>([
  ["ends well", [["print", "hello"]], 0],
  ["fails", [["exit", 7]], 7],
  ["is killed", [["die", "KILL"]], 137],
  ["is terminated", [["die", "TERM"]], 143],
])("a harness that %s leaves its raw status in the exit file", async (_what, steps, raw) => {
  await using run = new WatchedRun();
  const end = await run.end(run.start(...steps));
  expect(end).toMatchObject({ kind: "recorded", exit: { raw } });
  expect(readFileSync(run.runFolder.exit, "utf8")).toBe(`${raw}\n`);
});

test("the end of a process that is not a child is seen as soon as that of a child", async () => {
  await using run = new WatchedRun();
  const go = join(run.folder, "go");
  const { identity } = run.start(["await", go], ["exit", 3]);
  const ended = run.end({ identity });
  await Bun.write(go, "");
  const from = performance.now();
  expect(await ended).toMatchObject({ kind: "recorded", exit: { raw: 3 } });
  expect(performance.now() - from).toBeLessThan(5000);
});

test.each([true, false])("a wrapper that is killed is seen to be gone (child: %p)", async (isChild) => {
  await using run = new WatchedRun();
  const { identity, gone } = run.start(["hang"]);
  const ended = run.end(isChild ? { identity, gone } : { identity });
  process.kill(-identity.pid, "SIGKILL");
  expect(await ended).toEqual({ kind: "vanished", status: isChild ? { signal: "killed" } : undefined });
});

test("a child that holds the output open does not delay the end of the run", async () => {
  await using run = new WatchedRun();
  const end = await run.end(run.start(["hold-output"], ["print", "done"]));
  expect(end).toMatchObject({ kind: "recorded", exit: { raw: 0 } });
});

test("standard output and error share one file in the order of arrival, and a shell's report of a signal is not in it", async () => {
  await using run = new WatchedRun();
  await run.end(run.start(["print", "one"], ["complain", "two"], ["print", "three"], ["die", "KILL"]));
  expect(readFileSync(run.runFolder.output, "utf8")).toBe("one\ntwo\nthree\n");
});

test("the files of a run can be read by their owner only", async () => {
  await using run = new WatchedRun();
  await run.end(run.start(["print", "secret"]));
  expect(statSync(run.runFolder.path).mode & 0o777).toBe(0o700);
  expect(statSync(run.runFolder.output).mode & 0o777).toBe(0o600);
});

test("a run leads a session and a process group of its own", async () => {
  await using run = new WatchedRun();
  const { identity } = run.start(["hang"]);
  const stat = readFileSync(`/proc/${identity.pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
  expect([stat[2], stat[3]]).toEqual([String(identity.pid), String(identity.pid)]);
});

test("a working directory that is gone is named, instead of the shell", async () => {
  await using run = new WatchedRun();
  const start = (changes: object) => () =>
    startWrapped({
      command: "true",
      cwd: run.repo,
      env: run.env,
      folder: run.runFolder,
      readsPrompt: false,
      ...changes,
    });
  expect(start({ cwd: "/nowhere/at/all" })).toThrow("chdir /nowhere/at/all: no such file or directory");
  expect(start({ cwd: "/etc/passwd" })).toThrow("chdir /etc/passwd: not a directory");
  expect(start({ command: "a\0b" })).toThrow("the command contains a NUL byte");
  expect(start({ env: { A: "a\0b" } })).toThrow("the environment variable A contains a NUL byte");
  expect(start({ env: { A: "x".repeat(200_000) } })).toThrow("argument list too long");
});

test("a process is known by its start, and a zombie is dead", async () => {
  const child = Bun.spawn(["sleep", "100"]);
  const identity = identify(child.pid);
  if (!identity) throw new Error("the child is gone");
  expect(isAlive(identity)).toBe(true);
  expect(isAlive({ ...identity, started: "1" })).toBe(false);
  expect(isAlive({ ...identity, bootId: "another boot" })).toBe(false);
  child.kill("SIGKILL");
  // Blocks the event loop, so that the child is not waited for yet.
  while (readFileSync(`/proc/${child.pid}/stat`, "latin1").split(") ")[1]?.[0] !== "Z") Bun.sleepSync(1);
  expect(isAlive(identity)).toBe(false);
  await child.exited;
});

test.each([
  [0, undefined],
  [3, "exit status 3"],
  [127, "exit status 127"],
  [137, "signal: killed"],
  [143, "signal: terminated"],
  [139, "signal: segmentation fault"],
  [255, "exit status 255"],
])("the raw status %p reads as %p", (raw, text) => {
  expect(describeExit(decodeShellStatus(raw))).toBe(text);
});

test("the scripted harness is where the tests look for it", async () => {
  await using run = new WatchedRun();
  const mark = join(run.folder, "mark");
  await run.end(run.start(["mark", mark], ["show", "SANDBOX"]));
  await waitFor(() => existsSync(mark), { what: "the mark" });
  expect(readFileSync(mark, "utf8")).toBe(`${run.runId}\n`);
});
