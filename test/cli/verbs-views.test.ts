import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { forgeExecutable } from "../support/forge.ts";
import { waitFor } from "../support/wait-for.ts";
import { message, VerbsSandbox } from "./verbs-sandbox.ts";

const live = { pid: process.pid, runner_owner: "local" };

describe("20 section 18: forge status", () => {
  test("sums up all loops, the worst alerts first", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("s1");
    forge.loop("s2", { repoPath: forge.home });
    forge.loop("s3", { state: "error", lastError: "boom\u001b[2J", shortId: "lvtfcp7m" });
    const lines = (await forge.must(["status"])).split("\n");
    expect(lines[0]).toMatch(/^Timestamp: {5}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(lines.slice(1)).toEqual([
      "Nodes:         3 (online 0, offline 0, unknown 3)",
      "Workspaces:    2",
      "Agents:        3",
      "Agent states:  working=0 idle=0 awaiting_approval=0 rate_limited=0 error=1 paused=0 starting=0 stopped=2",
      "Alerts:        1",
      "Top alerts:",
      "- [error] Loop 's3' error: boom\\x1b[2J (agent lvtfcp7m)",
      "",
    ]);
  });

  test("sees whether runners live without writing what it sees", async () => {
    await using forge = new VerbsSandbox();
    const dead = forge.loop("dead", {
      state: "running",
      metadata: { pid: 999_999_999, runner_owner: "local" },
    });
    forge.loop("live", { state: "running", metadata: live });
    forge.loop("asked", { state: "sleeping", metadata: { runner_owner: "daemon" } });
    forge.loop("once", { metadata: { runner_liveness: { pid_alive: false, reason: "stale_runner" } } });
    const before = statSync(join(forge.dataDir, "forge.db")).mtimeMs;
    const status = await forge.json(["status"]);
    expect(status.nodes).toEqual({ total: 4, online: 1, offline: 2, unknown: 1 });
    expect(status.alerts.items).toMatchObject([{ message: "Loop 'dead' runner health check failed" }]);
    expect(forge.now(dead.id)?.state).toBe("running");
    expect(statSync(join(forge.dataDir, "forge.db")).mtimeMs).toBe(before);
  });

  test("a cooling profile and messages that wait are alerts", async () => {
    await using forge = new VerbsSandbox();
    const { id: profileId } = forge.profile("p", "true", { cooldownUntil: Date.now() + 60_000 });
    const { id } = forge.loop("alpha", { profileId, state: "waiting", metadata: live });
    forge.queue(id, message("a"), message("b"));
    const { agents, alerts } = await forge.json(["status"]);
    expect(agents.by_state).toMatchObject({ rate_limited: 1 });
    expect(alerts.items.map((alert: { message: string }) => alert.message)).toEqual([
      "Loop 'alpha' waiting with 2 pending queue item(s)",
      "Loop 'alpha' profile cooldown active",
    ]);
  });

  test("--quiet prints nothing, --jsonl one line, and a fresh machine stays so", async () => {
    await using forge = new VerbsSandbox();
    expect(await forge.run(["status", "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect((await forge.must(["status", "--jsonl"])).split("\n").length).toBe(2);
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "--watch prints a line a second until %s, then exits 0",
    async (signal) => {
      await using forge = new VerbsSandbox();
      const child = Bun.spawn([forgeExecutable, "status", "--watch", "--jsonl"], {
        cwd: forge.repo,
        env: forge.env,
        stdout: "pipe",
      });
      let output = "";
      const reading = (async () => {
        for await (const bytes of child.stdout) output += Buffer.from(bytes).toString();
      })();
      const lines = () =>
        output
          .split("\n")
          .slice(0, -1)
          .map((line) => JSON.parse(line));
      await waitFor(() => lines().length >= 1, { what: "the first line" });
      // It began before there was a database.
      forge.loop("alpha");
      await waitFor(() => lines().at(-1)?.agents.total === 1, { what: "the loop to be seen" });
      child.kill(signal);
      expect(await child.exited).toBe(0);
      await reading;
      expect(lines()[0].agents.total).toBe(0);
    },
  );
});

describe("20 section 20: forge explain", () => {
  test("a loop: why, what next, its last run, its runner, limits, queue, suggestions", async () => {
    await using forge = new VerbsSandbox();
    const { id: profileId } = forge.profile("p", "exit 3");
    const { id } = forge.loop("alpha", {
      profileId,
      shortId: "abc12301",
      maxIterations: 1,
      maxRuntimeSeconds: 3600,
    });
    await forge.start("alpha");
    await waitFor(() => forge.now(id)?.lastError === "max iterations reached (1)", { what: "the limit" });
    const [item] = forge.queue(id, message("a"));
    const text = await forge.must(["explain", "abc1"]);
    const steady = text
      .replaceAll(/\d+[smhd]\d*[smh]? ago/g, "AGO")
      .replace(/[0-9a-f]{8} error/, "RUN error");
    expect(steady.replace(/runtime \d+s/, "runtime 0s")).toBe(
      [
        "Loop alpha (abc12301) is WARN stopped",
        "",
        "Why:       max iterations reached (1)",
        "Next:      never: stopped",
        "Last run:  RUN error/failed exit 3 AGO profile p",
        "Runner:    none",
        "Limits:    iterations 1 of 1, runtime 0s of 1h",
        "",
        "Queue: 1 pending",
        `  ${item?.id}  message_append  AGO`,
        "",
        "Suggestions:",
        "  1. forge resume alpha",
        "  2. forge logs alpha -n 50",
        "",
      ].join("\n"),
    );
  });

  test("a queue item by its full id", async () => {
    await using forge = new VerbsSandbox();
    const { id } = forge.loop("alpha");
    const [item] = forge.queue(id, message("hello\u0007"));
    expect(await forge.must(["explain", item?.id ?? ""])).toBe(
      [
        `Queue item ${item?.id} is pending (BLOCKED)`,
        "",
        "Type:      message_append",
        "Loop:      alpha is WARN stopped",
        "Position:  1",
        "Content:   hello\\x07",
        "",
        "Block Reasons:",
        "  - the loop is in state stopped",
        "",
        "Suggestions:",
        "  1. forge resume alpha",
        "",
      ].join("\n"),
    );
    expect(await forge.json(["explain", item?.id ?? ""])).toMatchObject({
      item_id: item?.id,
      loop_id: id,
      loop_state: "stopped",
      is_blocked: true,
      content: "hello\u0007",
    });
  });

  test("labels are coloured on a terminal only", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha", { state: "error" });
    const coloured = await forge.must(["explain", "alpha"], { env: { FORCE_COLOR: "1" } });
    expect(coloured).toContain("is \u001b[31mERR\u001b[0m error\n");
    expect(await forge.must(["explain", "alpha"])).toContain("is ERR error\n");
  });

  test("what is no loop is an agent that is not there", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    const { code, stdout } = await forge.run(["--jsonl", "explain", "x"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: "ERR_NOT_FOUND",
        message: "agent 'x' not found",
        hint: "Run `forge agent list` to see valid IDs.",
        details: { id: "x", resource: "agent" },
      },
    });
    const { error } = JSON.parse((await forge.run(["--json", "explain", "alhpa"])).stdout);
    expect(error).toMatchObject({ message: "agent 'alhpa' not found", hint: "Did you mean 'alpha'?" });
  });
});

describe("20 section 19.1: forge wait", () => {
  test("a condition that is met already answers at once", async () => {
    await using forge = new VerbsSandbox();
    const alpha = forge.loop("alpha", { state: "error", lastError: "boom", lastExitCode: 3 });
    const bravo = forge.loop("bravo");
    expect(await forge.must(["wait", "--loop", "alpha,bravo", "--until", "stopped"])).toBe(
      "Waiting for condition 'stopped'...\n  alpha: error, bravo: stopped (elapsed: 0s)\n\nCondition 'stopped' met (waited 0s)\n",
    );
    expect(await forge.json(["wait", "--loop", "alpha", "--loop", "bravo", "--until", "stopped"])).toEqual({
      success: true,
      condition: "stopped",
      elapsed: "0s",
      loops: [
        { loop_id: alpha.id, name: "alpha", state: "error", runs: 0, last_exit_code: 3, last_error: "boom" },
        { loop_id: bravo.id, name: "bravo", state: "stopped", runs: 0 },
      ],
    });
    for (const quiet of ["-q", "--quiet"])
      expect(await forge.run(["wait", "--all", "-u", "stopped", quiet])).toEqual({
        code: 0,
        stdout: "",
        stderr: "",
      });
    expect(await forge.run(["wait", "--all", "-u", "stopped", "--fail-on-error", "-q"])).toMatchObject({
      code: 1,
    });
  });

  test("all have to meet it, or with --any one", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha", { state: "error", tags: ["x"] });
    forge.loop("bravo", { tags: ["x"] });
    const words = ["wait", "--tag", "x", "--until", "error", "-t", "50ms"];
    expect(await forge.run(words)).toMatchObject({ code: 1, stderr: "" });
    expect(await forge.must([...words, "--any"])).toContain("Condition 'error' met");
  });

  test("a timeout exits 1 and says so, in JSON too", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    const words = ["wait", "--loop", "alpha", "--until", "runs=1", "-t", "1.2s"];
    const { code, stdout } = await forge.run(words);
    expect(code).toBe(1);
    expect(stdout).toBe(
      "Waiting for condition 'runs=1'...\n  alpha: stopped (elapsed: 0s)\n\nTimeout reached after 1.2s\n",
    );
    const json = await forge.run([...words, "--json"]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      success: false,
      condition: "runs=1",
      reason: "timeout",
      elapsed: "1s",
      loops: [{ name: "alpha", runs: 0 }],
    });
  });

  test("a change is seen as it happens: run-done is one more run than at the start", async () => {
    await using forge = new VerbsSandbox();
    const { id: profileId } = forge.profile("p", "sleep 0.2");
    const { id } = forge.loop("alpha", { profileId, intervalSeconds: 60 });
    const waiting = forge.json(["wait", "--loop", "alpha", "--until", "run-done", "--poll-interval", "1h"]);
    await forge.start("alpha");
    expect(await waiting).toMatchObject({
      success: true,
      loops: [{ state: "sleeping", runs: 1, last_exit_code: 0 }],
    });
    const stopping = forge.json(["wait", "--loop", "alpha", "--until", "stopped", "--poll-interval", "1h"]);
    await forge.must(["stop", "alpha"]);
    expect(await stopping).toMatchObject({ success: true });
    expect(forge.now(id)?.state).toBe("stopped");
  });

  test("a loop that is removed meanwhile ends it with exit 2", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    const words = ["wait", "--loop", "alpha", "--until", "running"];
    const waiting = forge.run(words);
    const inJson = forge.run([...words, "--json"]);
    await Bun.sleep(300);
    await forge.must(["rm", "alpha"]);
    expect(await waiting).toMatchObject({ code: 2, stderr: "loop removed: alpha\n" });
    const { code, stdout } = await inJson;
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      success: false,
      condition: "running",
      reason: "error",
      error: "loop removed: alpha",
      elapsed: "0s",
      loops: [],
    });
  });

  test("a loop whose runner dies while it is waited for counts as stopped", async () => {
    await using forge = new VerbsSandbox();
    const runner = Bun.spawn(["sleep", "60"], { env: forge.env });
    forge.loop("alpha", { state: "running", metadata: { pid: runner.pid, runner_owner: "local" } });
    const waiting = forge.json(["wait", "--loop", "alpha", "--until", "stopped", "--poll-interval", "100ms"]);
    runner.kill("SIGKILL");
    expect(await waiting).toMatchObject({ loops: [{ state: "stopped", last_error: "stale_runner" }] });
  });
});

describe("20 section 15: forge scale", () => {
  const names = async (forge: VerbsSandbox) =>
    (await forge.json(["ps"])).map(({ name }: { name: string }) => name);

  test("creates and starts what is missing, in this repository only", async () => {
    await using forge = new VerbsSandbox();
    forge.profile("p", "touch $FORGE_LOOP_NAME");
    forge.loop("other", { repoPath: forge.home });
    const words = [
      "--profile",
      "p",
      "--prompt-msg",
      "x",
      "--name-prefix",
      "w",
      "-i",
      "1",
      "--spawn-owner",
      "local",
    ];
    expect(await forge.must(["scale", "-n", "2", ...words])).toBe("Scaled loops to 2\n");
    expect(await names(forge)).toEqual(["other", "w-1", "w-2"]);
    await waitFor(() => existsSync(join(forge.repo, "w-1")) && existsSync(join(forge.repo, "w-2")), {
      what: "runs",
    });
    expect(await forge.json(["scale", "-n", "2", ...words])).toEqual({ target: 2, current: 2 });
    expect(await forge.run(["scale", "-n", "3", ...words])).toMatchObject({
      code: 1,
      stderr: 'loop name "w-1" already exists\n',
    });
    expect(await names(forge)).toEqual(["other", "w-1", "w-2"]);
  });

  test("stops the newest ones, or with --kill ends them; the oldest are kept", async () => {
    await using forge = new VerbsSandbox();
    const loops = ["a", "b", "c", "d"].map((name) => forge.loop(name));
    expect(await forge.json(["scale", "-n", "3"])).toEqual({ target: 3, current: 4 });
    expect(await forge.json(["scale", "-n", "0", "--kill", "--repo", "../repo"])).toEqual({
      target: 0,
      current: 4,
    });
    expect(loops.map(({ id }) => forge.items(id))).toEqual([
      ["kill_now completed"],
      ["kill_now completed"],
      ["kill_now completed"],
      ["stop_graceful completed", "kill_now completed"],
    ]);
    expect(await names(forge)).toEqual(["a", "b", "c", "d"]);
  });

  test("counts those of the pool or profile only", async () => {
    await using forge = new VerbsSandbox();
    const { id: profileId } = forge.profile("p");
    forge.loop("a", { profileId });
    forge.loop("b");
    expect(await forge.json(["scale", "-n", "1", "--profile", "p"])).toEqual({ target: 1, current: 1 });
    expect(await forge.run(["scale", "--profile", "nope"])).toMatchObject({
      code: 1,
      stderr: "profile not found: nope\n",
    });
    expect(await forge.run(["scale", "--spawn-owner", "zz"])).toMatchObject({ code: 1 });
    expect(await names(forge)).toEqual(["a", "b"]);
  });

  test("two at the same time do not both fill the gap", async () => {
    await using forge = new VerbsSandbox();
    forge.profile("p", "true");
    const scale = () =>
      forge.run(["scale", "-n", "3", "--profile", "p", "-i", "1", "--spawn-owner", "local"]);
    await Promise.all([scale(), scale(), scale()]);
    expect((await names(forge)).length).toBe(3);
  });
});

test("20 edge cases: a database that cannot be read is a preflight error of every verb", async () => {
  await using forge = new VerbsSandbox();
  forge.loop("alpha");
  const file = join(forge.dataDir, "forge.db");
  await Bun.write(file, "this is no database, whatever its name says, and it is long enough to be looked at");
  chmodSync(file, 0o600);
  for (const words of [
    ["stop", "alpha"],
    ["queue", "ls", "alpha"],
    ["status"],
    ["explain", "alpha"],
    ["msg", "alpha", "x"],
  ]) {
    const { code, stderr } = await forge.run(words);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^database unavailable: .*\nHint: Check database path and permissions\nNext: Check database path\n$/,
    );
  }
});
