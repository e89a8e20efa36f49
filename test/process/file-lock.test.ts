import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FileLock, isLocked, lockHolder } from "../../src/process/file-lock.ts";
import { projectRoot } from "../support/forge.ts";
import { Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait-for.ts";

test("a lock has one holder, who can be read from the file", async () => {
  await using sandbox = new Sandbox();
  const path = join(sandbox.folder, "runners/a.lock");
  expect(isLocked(path)).toBe(false);
  const lock = await FileLock.acquire(path, "4711 local-1\n");
  expect(isLocked(path)).toBe(true);
  expect(lockHolder(path)).toBe("4711 local-1\n");
  expect(await FileLock.acquire(path, "other")).toBeUndefined();
  lock?.[Symbol.dispose]();
  expect(isLocked(path)).toBe(false);
  using again = await FileLock.acquire(path, "second");
  expect(again).toBeDefined();
  expect(readFileSync(path, "utf8")).toBe("second");
});

test("a lock becomes free when its holder was killed, and its children do not hold it", async () => {
  await using sandbox = new Sandbox();
  const path = join(sandbox.folder, "a.lock");
  const holder = Bun.spawn(
    [
      process.execPath,
      "-e",
      `const { FileLock } = await import(${JSON.stringify(join(projectRoot, "src/process/file-lock.ts"))});
       await FileLock.acquire(${JSON.stringify(path)}, "held");
       Bun.spawn(["sleep", "1000"], { detached: true }).unref();
       setInterval(() => {}, 1000);`,
    ],
    { env: sandbox.env, stdio: ["ignore", "ignore", "ignore"] },
  );
  await waitFor(() => isLocked(path) && sandbox.processes().length === 2, { what: "the lock and the child" });
  holder.kill("SIGKILL");
  await holder.exited;
  // Its last thread may outlive it by a moment; a lock that the child held would stay for 1000 s.
  await waitFor(() => !isLocked(path), { what: "the lock to be free" });
  expect(sandbox.processes()).toHaveLength(1);
});

test("who asks for a moment whether it is held does not keep a starter from taking it", async () => {
  await using sandbox = new Sandbox();
  const path = join(sandbox.folder, "a.lock");
  const asking = setInterval(() => isLocked(path), 0);
  for (let tries = 0; tries < 20; tries++) {
    using lock = await FileLock.acquire(path, "x");
    expect(lock).toBeDefined();
    await Bun.sleep(1);
  }
  clearInterval(asking);
});
