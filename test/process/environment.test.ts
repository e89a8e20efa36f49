import { expect, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { detachedEnvironment, loadEnvironment } from "../../src/process/environment.ts";
import { projectRoot } from "../support/forge.ts";
import { run } from "../support/run.ts";
import { Sandbox } from "../support/sandbox.ts";

test("what is started detached gets no name of the run that started it", () => {
  const env = {
    FORGE_RUN_ID: "r",
    FORGE_LOOP_ID: "l",
    FMAIL_AGENT: "a",
    SV_REPO: "/r",
    PATH: "/bin",
    GONE: undefined,
  };
  expect(detachedEnvironment(env)).toEqual({ PATH: "/bin" });
});

test("the saved environment holds the exact bytes of the caller's, is private, and lacks the names of a run", async () => {
  await using sandbox = new Sandbox();
  const path = join(sandbox.folder, "runners/loop.env");
  const module = join(projectRoot, "src/process/environment.ts");
  const script = join(sandbox.folder, "save.ts");
  await Bun.write(
    script,
    `import { saveEnvironment } from ${JSON.stringify(module)}; saveEnvironment(${JSON.stringify(path)});`,
  );
  const { code, stderr } = await run(
    [
      "env",
      "-i",
      "bash",
      "-c",
      `LINES=$'a\\nb' BYTES=$'\\xff' EMPTY= FORGE_RUN_ID=r exec ${process.execPath} ${script}`,
    ],
    { cwd: sandbox.folder, env: sandbox.env },
  );
  expect([code, stderr]).toEqual([0, ""]);
  const saved = readFileSync(path);
  expect(saved.includes(Buffer.from([...Buffer.from("BYTES="), 0xff, 0]))).toBe(true);
  expect(saved.includes("FORGE_RUN_ID")).toBe(false);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(loadEnvironment(path)).toMatchObject({ LINES: "a\nb", BYTES: "\ufffd", EMPTY: "" });
});

test("a loop without a saved environment has none", () => {
  expect(loadEnvironment("/nowhere/loop.env")).toBeUndefined();
});
