import { afterEach, beforeEach, expect, test } from "bun:test";
import { join } from "node:path";
import { listRuns } from "../../src/store/loop-runs.ts";
import { getLoop } from "../../src/store/loops.ts";
import { VerbsSandbox } from "../cli/verbs-sandbox.ts";
import { forgeExecutable } from "../support/forge.ts";
import { shortestTime } from "../support/shortest-time.ts";

let forge: VerbsSandbox;
beforeEach(() => {
  forge = new VerbsSandbox();
});
afterEach(() => forge[Symbol.asyncDispose]());

const runsOf = (loop: { id: Parameters<typeof listRuns>[1] }) =>
  forge.withDatabase((db) => listRuns(db, loop.id));
const read = (loop: { id: Parameters<typeof getLoop>[1] }) =>
  forge.withDatabase((db) => getLoop(db, loop.id));

test.each([
  ["run", [], "accepts 1 arg(s), received 0"],
  ["run", ["a", "b"], "accepts 1 arg(s), received 2"],
  ["loop run", [], "accepts 1 arg(s), received 0"],
  ["loop run", ["a", "b"], "accepts 1 arg(s), received 2"],
  ["run", ["nosuch"], "loop 'nosuch' not found (no loops registered yet)"],
  ["loop run", ["nosuch"], "loop 'nosuch' not found (no loops registered yet)"],
])("forge %s %p is refused (spec/10 edge cases)", async (verb, args, message) => {
  const { code, stdout, stderr } = await forge.run([...verb.split(" "), ...args]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr.split("\n")[0]).toBe(message);
});

test.each([[["run"]], [["--json", "run"]]])(
  "forge %p runs once, silent, and ends well though the harness failed",
  async (words) => {
    forge.profile("p", "echo working; exit 3");
    const loop = forge.loop("alpha");
    const { code, stdout, stderr } = await forge.run([...words, "alpha"]);
    expect([code, stdout, stderr]).toEqual([0, "", ""]);
    expect(runsOf(loop)).toMatchObject([{ status: "error", exitCode: 3, outputTail: "working" }]);
    expect(read(loop)).toMatchObject({ state: "stopped", lastError: "exit status 3" });
  },
);

test("forge run says in one line why the runner could not go on", async () => {
  const loop = forge.loop("alpha");
  const { code, stdout } = await forge.run(["--json", "run", "alpha"]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: "ERR_UNKNOWN", message: "loop run failed: pool unavailable" },
  });
  expect(read(loop)).toMatchObject({ state: "error", lastError: "pool unavailable" });
});

test("forge loop run lives the whole life of a loop, silent, in the environment that was saved for it", async () => {
  forge.profile("p", 'echo "$GREETING"');
  const loop = forge.loop("alpha", { maxIterations: 2, intervalSeconds: 0 });
  await Bun.write(
    join(forge.dataDir, "runners", `${loop.id}.env`),
    `PATH=${forge.env.PATH}\0HOME=${forge.home}\0GREETING=saved\0`,
  );
  const { code, stdout, stderr } = await forge.run(["loop", "run", loop.shortId]);
  expect([code, stdout, stderr]).toEqual([0, "", ""]);
  expect(runsOf(loop).map(({ outputTail }) => outputTail)).toEqual(["saved", "saved"]);
  expect(read(loop)).toMatchObject({ state: "stopped", lastError: "max iterations reached (2)" });
});

test("an agent that runs another loop does not give it its own mark, name or prompt", async () => {
  forge.profile("inner", `echo "$FORGE_LOOP_NAME $FMAIL_AGENT \${FORGE_PROMPT_CONTENT-none}"`, {
    promptMode: "stdin",
  });
  const outer = forge.profile("outer", `${forgeExecutable} run beta`);
  forge.loop("alpha", { profileId: outer.id });
  const beta = forge.loop("beta");
  await forge.must(["run", "alpha"]);
  expect(runsOf(beta)[0]?.outputTail).toBe("beta beta none");
});

test("a runner has run its harness and sleeps soon after its start", async () => {
  forge.profile("p", "true");
  let tries = 0;
  const time = await shortestTime(1000, async () => {
    const loop = forge.loop(`alpha-${tries++}`, { intervalSeconds: 1000 });
    const from = performance.now();
    const child = Bun.spawn([forgeExecutable, "loop", "run", loop.id], {
      cwd: forge.repo,
      env: forge.env,
      stdio: ["ignore", "ignore", "ignore"],
    });
    await forge.state(loop.id, "sleeping");
    const needed = performance.now() - from;
    child.kill("SIGTERM");
    await child.exited;
    return needed;
  });
  expect(time).toBeLessThan(1000);
});
