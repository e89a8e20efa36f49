import { describe, expect, test } from "bun:test";
import { listRuns } from "../../src/store/loop-runs.ts";
import { message, VerbsSandbox } from "./verbs-sandbox.ts";

const dead = { pid: 999_999_999, runner_owner: "local" };

describe("20 section 7.3: ps looks after the runners of what it lists", () => {
  test.each(["running", "sleeping", "waiting"] as const)(
    "a loop that is %s and has no runner is stopped",
    async (state) => {
      await using forge = new VerbsSandbox();
      const { id } = forge.loop("alpha", { state, metadata: dead });
      forge.sql("INSERT INTO loop_runs (id, loop_id, status) VALUES ('r', ?, 'running')", id);
      const [shown] = await forge.json(["ps"]);
      expect(shown).toMatchObject({ state: "stopped", last_error: "stale_runner", runner_pid_alive: false });
      expect(shown.metadata.runner_liveness).toMatchObject({
        pid_alive: false,
        daemon_runner_alive: false,
        reason: "stale_runner",
      });
      expect(forge.withDatabase((db) => listRuns(db, id))).toMatchObject([
        { status: "killed", exitCode: -9 },
      ]);
    },
  );

  test("loops at rest, live ones, and those of a supervisor that cannot be asked are left as they are", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("stopped", { metadata: dead });
    forge.loop("error", { state: "error", lastError: "boom", metadata: dead });
    forge.loop("live", { state: "running", metadata: { pid: process.pid, runner_owner: "local" } });
    forge.loop("theirs", {
      state: "sleeping",
      metadata: { runner_owner: "daemon", runner_instance_id: "x" },
    });
    const shown = await forge.json(["ps"]);
    const facts = shown.map((loop: Record<string, unknown>) => [
      loop.name,
      loop.state,
      loop.runner_pid_alive,
      loop.runner_daemon_alive,
    ]);
    expect(facts).toEqual([
      ["stopped", "stopped", false, undefined],
      ["error", "error", false, undefined],
      ["live", "running", true, undefined],
      ["theirs", "sleeping", undefined, false],
    ]);
  });

  test("the state filter counts before, and only what is listed is looked at", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha", { state: "running", metadata: dead });
    const { id } = forge.loop("bravo", { state: "sleeping", metadata: dead });
    expect(await forge.json(["ps", "--state", "running"])).toMatchObject([
      { name: "alpha", state: "stopped" },
    ]);
    expect(forge.now(id)?.state).toBe("sleeping");
  });

  test("20 edge cases: an unknown state lists nothing, an unknown pool is an error", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    expect(await forge.must(["ps", "--state", "bogus"])).toBe("No loops found\n");
    expect(await forge.run(["ps", "--pool", "nope"])).toMatchObject({
      code: 1,
      stderr: "pool not found: nope\n",
    });
  });

  test("a loop that another process keeps in its hands is told by its lock, not by its pid", async () => {
    await using forge = new VerbsSandbox();
    const { id: profileId } = forge.profile("p", "true");
    const { id } = forge.loop("alpha", { profileId, intervalSeconds: 60 });
    await forge.start("alpha");
    await forge.state(id, "sleeping");
    forge.sql("UPDATE loops SET metadata_json = json_remove(metadata_json, '$.pid') WHERE id = ?", id);
    expect(await forge.json(["ps"])).toMatchObject([{ state: "sleeping", runner_owner: "local" }]);
    await forge.must(["kill", "alpha"]);
  });
});

test("20 section 7.1: the table, and as much of each id coloured as tells it from the others", async () => {
  await using forge = new VerbsSandbox();
  const { id: profileId } = forge.profile("p");
  const { id } = forge.loop("one", { shortId: "abc12301", profileId, repoPath: "/r" });
  forge.loop("two", { shortId: "abc124", repoPath: "/r" });
  forge.loop("three", { shortId: "abc1245", repoPath: "/r", state: "error", lastError: "boom" });
  forge.queue(id, message("m"));
  expect((await forge.must(["ps"])).split("\n")).toEqual([
    "ID        NAME   RUNS  STATE    WAIT_UNTIL  PROFILE  POOL  QUEUE  LAST_RUN  REPO  WHY",
    "abc12301  one    0     stopped              p              1                /r    ",
    "abc124    two    0     stopped                             0                /r    ",
    "abc1245   three  0     error                               0                /r    boom",
    "",
  ]);
  const painted = await forge.must(["ps"], { env: { FORCE_COLOR: "1" } });
  expect(painted.split("\n").map((line) => line.split("  ")[0]?.replaceAll("\u001b", "E"))).toEqual([
    "ID",
    "E[33mabc123E[0mE[36m01E[0m",
    "E[33mabc124E[0m",
    "E[33mabc1245E[0m",
    "",
  ]);
});
