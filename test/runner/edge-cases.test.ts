import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listUnfinishedRuns } from "../../src/store/fx-runs.ts";
import { listMemory, setMemory } from "../../src/store/loop-memory.ts";
import { patchLoop } from "../../src/store/loop-updates.ts";
import { deleteLoop } from "../../src/store/loops.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

/** Rows of the table of spec/10 "Edge cases and bad input" that the runner answers, by their first column. */
const edgeCases: Record<string, (world: LoopWorld) => Promise<void>> = {
  "no pool, no profile": async (world) => {
    const loop = world.loop();
    expect(world.start(loop).ended).rejects.toThrow("pool unavailable");
    await waitFor(() => world.read(loop).state === "error", { what: "the error" });
    expect(world.read(loop).lastError).toBe("pool unavailable");
    expect(world.logLines(loop)).toEqual(["loop started", "profile selection error: pool unavailable"]);
  },

  "pinned profile busy (max_concurrency) or cooling": async (world) => {
    const profile = world.profile([["hang"]]);
    const busy = world.start(world.loop({ name: "busy", profileId: profile.id }));
    await waitFor(() => world.processes().length > 0, { what: "the first loop's harness" });
    const loop = world.loop({ profileId: profile.id });
    const runner = world.start(loop);
    await waitFor(() => world.read(loop).state === "waiting", { what: "the second loop to wait" });
    const { lastError, metadata } = world.read(loop);
    expect(lastError).toMatch(/^waiting for profile availability until \d{4}-/);
    expect(lastError).toEndWith(String(metadata?.wait_until));
    expect(world.logLines(loop)).toEqual(["loop started", lastError ?? ""]);
    busy.control.ask("shutdown");
    runner.control.ask("shutdown");
    await Promise.all([busy.ended, runner.ended]);
    expect(world.read(loop).metadata).not.toHaveProperty("wait_until");
  },

  "PROMPT.md missing and no default.md": async (world) => {
    rmSync(join(world.repo, "PROMPT.md"));
    world.profile([]);
    const loop = world.loop();
    const text = `open ${world.repo}/.forge/prompts/default.md: no such file or directory`;
    expect(world.start(loop).ended).rejects.toThrow(text);
    await waitFor(() => world.read(loop).state === "error", { what: "the error" });
    expect(world.logLines(loop)).toEqual(["loop started", `prompt resolution error: ${text}`]);
    expect(world.runs(loop)).toEqual([]);
  },

  "prompt file deleted while running": async (world) => {
    const prompt = world.file("own.md", "own");
    world.profile([["raw", "x"]], { commandTemplate: `rm '${prompt}'` });
    const loop = world.loop({ basePromptPath: prompt });
    expect(world.start(loop).ended).rejects.toThrow(`open ${prompt}: no such file or directory`);
    await waitFor(() => world.read(loop).state === "error", { what: "the error" });
    expect(world.runs(loop)).toHaveLength(1);
  },

  "empty prompt file": async (world) => {
    world.file("PROMPT.md", "");
    world.profile([["prompt"]]);
    const loop = world.loop();
    await world.once(loop);
    expect(world.runs(loop)[0]?.outputTail).toStartWith("\n\n## Loop Context (persistent)\n");
  },

  "repo directory gone": async (world) => {
    world.profile([]);
    const repoPath = join(world.folder, "gone");
    const prompt = world.file("own.md", "own");
    const loop = world.loop({ repoPath, basePromptPath: prompt, maxIterations: 2 });
    expect(await world.start(loop).ended).toBe("ended");
    expect(world.runs(loop).map(({ status, exitCode }) => [status, exitCode])).toEqual([
      ["error", -1],
      ["error", -1],
    ]);
    expect(world.logLines(loop)).toContain(
      `ledger append failed: open ${repoPath}/.forge/ledgers/alpha.md: no such file or directory`,
    );
  },

  "harness prints nothing": async (world) => {
    world.profile([]);
    const loop = world.loop();
    await world.once(loop);
    expect(world.runs(loop)[0]?.outputTail).toBeUndefined();
    expect(world.ledger(loop)).not.toContain("```");
  },

  "harness prints no final newline": async (world) => {
    world.profile([["raw", "no end"]]);
    const loop = world.loop({ maxIterations: 2 });
    await world.start(loop).ended;
    expect(world.log(loop)).toMatch(
      /\(profile=p1\)\nno end\n\[[^\]]+\] run [^\n]+\nno end\n\[[^\]]+\] max iterations/,
    );
  },

  "harness prints megabytes": async (world) => {
    world.profile([
      ["print", "first"],
      ["bytes", 3_000_000],
      ["print", ""],
      ["print", "last"],
    ]);
    const loop = world.loop();
    await world.once(loop);
    expect(world.log(loop).length).toBeGreaterThan(3_000_000);
    const tail = world.runs(loop)[0]?.outputTail ?? "";
    expect(tail).toBe(`first\n${"x".repeat(64 * 1024)}\nlast`);
  },

  "harness leaves background children": async (world) => {
    world.profile([["hold-output"], ["print", "done"]]);
    const loop = world.loop();
    await world.once(loop);
    expect(world.runs(loop)[0]).toMatchObject({ status: "success", outputTail: "done" });
  },

  "interval 0": async (world) => {
    world.profile([]);
    const loop = world.loop({ maxIterations: 5 });
    await world.start(loop).ended;
    expect(world.runs(loop)).toHaveLength(5);
    expect(world.logLines(loop).at(-1)).toBe("max iterations reached (5)");
  },

  "two pending overrides": async (world) => {
    world.profile([["prompt"]]);
    const loop = world.loop({ maxIterations: 3 });
    const override = (prompt: string) =>
      ({ type: "next_prompt_override", payload: { prompt, is_path: false } }) as const;
    world.enqueue(loop, override("first"), override("second"));
    await world.start(loop).ended;
    const runs = world.runs(loop);
    expect(runs.map(({ outputTail }) => outputTail?.split("\n")[0])).toEqual([
      "first",
      "second",
      "base prompt",
    ]);
    expect(runs.map(({ promptSource }) => promptSource)).toEqual(["override", "override", "base"]);
  },

  "message then stop_graceful": async (world) => {
    world.profile([]);
    const loop = world.loop();
    world.enqueue(
      loop,
      { type: "message_append", payload: { text: "m" } },
      { type: "stop_graceful", payload: {} },
    );
    await world.start(loop).ended;
    expect(world.queue(loop).map(({ status }) => status)).toEqual(["pending", "completed"]);
    expect(world.logLines(loop)).toEqual(["loop started", "graceful stop requested"]);
    expect(world.runs(loop)).toEqual([]);
  },

  "pause then stop_graceful": async (world) => {
    world.profile([]);
    const loop = world.loop();
    world.enqueue(
      loop,
      { type: "pause", payload: { duration_seconds: 100 } },
      { type: "stop_graceful", payload: {} },
    );
    await world.start(loop).ended;
    expect(world.queue(loop).map(({ status }) => status)).toEqual(["skipped", "completed"]);
    expect(world.logLines(loop)).toEqual(["loop started", "pause for 1m40s", "graceful stop requested"]);
  },

  "work/mem values with newlines": async (world) => {
    world.profile([["prompt"]]);
    const loop = world.loop();
    setMemory(world.db, loop.id, "k", "a\nb", 0);
    await world.once(loop);
    expect(listMemory(world.db, loop.id)).toHaveLength(1);
    expect(world.runs(loop)[0]?.outputTail).toContain("Mem:\n- k: a\nb\n");
  },

  "metadata numbers as strings": async (world) => {
    world.profile([]);
    const loop = world.loop({
      maxIterations: 3,
      metadata: { iteration_count: "1", started_at: "2026-01-02T03:04:05.5+01:00", note: "kept" },
    });
    patchLoop(world.db, loop.id, { state: "sleeping", runtime: { wanted: "running" } }, Date.now());
    await world.start(loop, { goesOn: true }).ended;
    expect(world.runs(loop)).toHaveLength(2);
    expect(world.read(loop).metadata).toMatchObject({ iteration_count: 3, note: "kept" });
  },

  "DB locked": async (world) => {
    world.profile([["sleep", 0.2]]);
    const loop = world.loop();
    const runner = world.once(loop);
    await waitFor(() => world.runs(loop).length === 1, { what: "the run" });
    const other = new Database(join(world.dataDir, "forge.db"));
    other.run("PRAGMA busy_timeout = 5000");
    other.run("BEGIN IMMEDIATE");
    setTimeout(() => other.run("COMMIT"), 1000);
    await runner;
    other.close();
    expect(world.runs(loop)[0]?.status).toBe("success");
  },

  "disk full on log/ledger": async (world) => {
    world.profile([["print", "x"]]);
    const ledgerPath = join(world.folder, "ledger.md");
    mkdirSync(ledgerPath);
    const loop = world.loop({ logPath: "/dev/full", ledgerPath, maxIterations: 2 });
    expect(await world.start(loop).ended).toBe("ended");
    expect(world.runs(loop).map(({ status, outputTail }) => [status, outputTail])).toEqual([
      ["success", "x"],
      ["success", "x"],
    ]);
  },
};

test.each(Object.entries(edgeCases))("spec/10 edge cases: %s", async (_row, check) => {
  await using world = await LoopWorld.make();
  await check(world);
});

test("an item that nobody can follow is failed with its reason, and the loop goes on (spec/10 section 5.1)", async () => {
  await using world = await LoopWorld.make();
  world.profile([["prompt"]]);
  const loop = world.loop();
  const [item] = world.enqueue(loop, { type: "message_append", payload: { text: "m" } });
  world.db.run("PRAGMA ignore_check_constraints = ON");
  world.db.run("UPDATE loop_queue_items SET type = 'dance'");
  await world.once(loop);
  expect(world.queue(loop)).toMatchObject([
    { status: "failed", error: `unsupported queue item type "dance"` },
  ]);
  expect(world.logLines(loop)).toContain(
    `queue item ${item?.id} skipped: unsupported queue item type "dance"`,
  );
});

test("a queue that cannot be read puts the loop into error", async () => {
  await using world = await LoopWorld.make();
  world.profile([]);
  const loop = world.loop();
  world.enqueue(loop, { type: "message_append", payload: { text: "m" } });
  world.db.run("DROP INDEX IF EXISTS fx_ix_loop_queue_items_pending");
  world.db.run("ALTER TABLE loop_queue_items RENAME COLUMN position TO place");
  expect(world.once(loop)).rejects.toThrow("no such column: position");
  await waitFor(() => world.read(loop).state === "error", { what: "the error" });
  expect(world.logLines(loop)).toEqual(["loop started", "queue planning error: no such column: position"]);
});

test("a ledger that cannot be written is told in the log", async () => {
  await using world = await LoopWorld.make();
  world.profile([]);
  const ledgerPath = join(world.folder, "ledger.md");
  mkdirSync(ledgerPath);
  const loop = world.loop({ ledgerPath });
  await world.once(loop);
  expect(world.logLines(loop).some((line) => line.startsWith("ledger append failed: "))).toBe(true);
});

test.each([
  ["env", `printf '%s' "$FORGE_PROMPT_CONTENT"`],
  ["stdin", "cat"],
  ["path", "cat {prompt}"],
] as const)("in %s mode the agent gets the composed text", async (promptMode, commandTemplate) => {
  await using world = await LoopWorld.make();
  world.profile([], { promptMode, commandTemplate });
  const loop = world.loop();
  world.enqueue(loop, { type: "message_append", payload: { text: "message" } });
  await world.once(loop);
  expect(world.runs(loop)[0]?.outputTail).toEndWith("\n\nmessage");
});

test("in path mode a prompt file that says it all is given itself, and a stored value makes a copy", async () => {
  await using world = await LoopWorld.make();
  world.profile([], { promptMode: "path", commandTemplate: "echo {prompt}" });
  const loop = world.loop({ maxIterations: 1 });
  await world.start(loop).ended;
  setMemory(world.db, loop.id, "k", "v", 0);
  await world.start(loop).ended;
  const [first, second] = world.runs(loop);
  expect(first?.outputTail).toBe(join(world.repo, "PROMPT.md"));
  expect(second?.outputTail).toBe(join(world.dataDir, "prompts", loop.id, `run-${second?.id}.md`));
  expect(second?.promptPath).toBe(join(world.repo, "PROMPT.md"));
  expect(readFileSync(second?.outputTail ?? "", "utf8")).toContain("Mem:\n- k: v\n");
});

test.each([
  [
    "a prompt over 128 KiB in env mode",
    "env",
    "x".repeat(131_072),
    /^prompt too large for env mode \(\d+ bytes\); use stdin or path$/,
  ],
  ["a prompt with a NUL byte in env mode", "env", "a\0b", /NUL byte/],
] as const)("%s fails the run with a clear text", async (_what, promptMode, text, lastError) => {
  await using world = await LoopWorld.make();
  world.file("PROMPT.md", text);
  world.profile([], { promptMode });
  const loop = world.loop();
  await world.once(loop);
  expect(world.runs(loop)[0]).toMatchObject({ status: "error", exitCode: -1 });
  expect(world.read(loop).lastError).toMatch(lastError);
});

test("a prompt over 128 KiB is fine on standard input", async () => {
  await using world = await LoopWorld.make();
  writeFileSync(join(world.repo, "PROMPT.md"), "x".repeat(1_000_000));
  world.profile([], { promptMode: "stdin", commandTemplate: "wc -c" });
  const loop = world.loop();
  await world.once(loop);
  expect(Number(world.runs(loop)[0]?.outputTail)).toBeGreaterThan(1_000_000);
});

test.each([
  [
    "a prompt mode that is not known",
    "UPDATE profiles SET prompt_mode = 'telepathy'",
    `unknown prompt mode "telepathy"`,
  ],
  ["a blank command", "UPDATE profiles SET command_template = ' '", "command template is required"],
])("%s fails the run, not the loop", async (_what, sql, reason) => {
  await using world = await LoopWorld.make();
  world.profile([]);
  world.db.run("PRAGMA ignore_check_constraints = ON");
  world.db.run(sql);
  const loop = world.loop();
  expect(await world.once(loop)).toBe("ended");
  expect(world.runs(loop)[0]).toMatchObject({ status: "error", exitCode: -1 });
  expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: reason });
});

test("a prompt that cannot be written puts the loop into error (spec/10 section 3, h)", async () => {
  await using world = await LoopWorld.make();
  world.profile([], { promptMode: "path", commandTemplate: "cat {prompt}" });
  const loop = world.loop({ basePromptMsg: "text" });
  writeFileSync(join(world.dataDir, "prompts"), "a file where a folder should be");
  expect(world.start(loop).ended).rejects.toThrow();
  await waitFor(() => world.read(loop).state === "error", { what: "the error" });
  expect(world.logLines(loop).at(-1)).toStartWith("prompt preparation error: ");
  expect(world.runs(loop)[0]).toMatchObject({ status: "error", exitCode: -1 });
});

test("a loop that is removed while it runs ends its harness and writes nothing back (spec/10 section 10)", async () => {
  await using world = await LoopWorld.make();
  world.profile([["hang"]]);
  const loop = world.loop();
  const runner = world.start(loop);
  await waitFor(() => world.processes().length > 0, { what: "the harness" });
  deleteLoop(world.db, loop.id, Date.now());
  world.wakeUps.poke([loop.id]);
  expect(await runner.ended).toBe("removed");
  expect(world.processes()).toEqual([]);
});

test("a second runner of a loop is refused", async () => {
  await using world = await LoopWorld.make();
  world.profile([["hang"]]);
  const loop = world.loop();
  const runner = world.start(loop);
  await waitFor(() => world.processes().length > 0, { what: "the harness" });
  expect(world.once(loop)).rejects.toThrow(`loop "alpha" already has a live runner (pid ${process.pid})`);
  runner.control.ask("shutdown");
  expect(await runner.ended).toBe("cancelled");
});

const filesIn = (folder: string) => [...new Bun.Glob("*").scanSync({ cwd: folder, onlyFiles: false })];

test("the run folders and rendered prompts of the last 20 runs are kept", async () => {
  await using world = await LoopWorld.make();
  world.profile([], { promptMode: "path", commandTemplate: "true {prompt}" });
  const loop = world.loop({ maxIterations: 24, basePromptMsg: "text" });
  await world.start(loop).ended;
  const folders = () => filesIn(join(world.dataDir, "runs"));
  await waitFor(() => folders().length <= 20, { what: "old folders to go" });
  expect(folders().sort()).toEqual(
    world
      .runs(loop)
      .slice(-20)
      .map(({ id }) => String(id))
      .sort(),
  );
  expect(filesIn(join(world.dataDir, "prompts", loop.id))).toHaveLength(20);
});

test("run folders are kept up to a size, the newest always", async () => {
  await using world = await LoopWorld.make();
  const { retention } = world.config;
  world.deps = {
    ...world.deps,
    config: { ...world.config, retention: { ...retention, runFolderBytes: 4_000_000 } },
  };
  world.profile([["bytes", 1_500_000]]);
  const loop = world.loop({ maxIterations: 4 });
  await world.start(loop).ended;
  const newest = world.runs(loop).slice(-2);
  const folders = () => filesIn(join(world.dataDir, "runs"));
  await waitFor(() => folders().length <= 2, { what: "old folders to go" });
  expect(folders().sort()).toEqual(newest.map(({ id }) => String(id)).sort());
});

test("a log that has grown large begins anew between two runs, and each run's output is in one file", async () => {
  await using world = await LoopWorld.make();
  const { retention } = world.config;
  world.deps = { ...world.deps, config: { ...world.config, retention: { ...retention, logMaxSize: 1_000 } } };
  world.profile([["print", "x".repeat(1_500)]]);
  const loop = world.loop({ maxIterations: 6 });
  await world.start(loop).ended;
  const logs = filesIn(join(world.dataDir, "logs/loops")).sort();
  expect(logs).toEqual(["alpha.log", "alpha.log.1", "alpha.log.2", "alpha.log.3"]);
  for (const name of logs) {
    const text = readFileSync(join(world.dataDir, "logs/loops", name), "utf8");
    expect(text.match(/ start \(profile=/g)).toHaveLength(1);
    expect(text.match(/^x{1500}$/gm)).toHaveLength(1);
  }
});

test("an item stays in the queue when the harness could not be started, and reaches the run that can", async () => {
  await using world = await LoopWorld.make();
  world.profile([["prompt"]]);
  const repoPath = join(world.folder, "later");
  const loop = world.loop({ repoPath, basePromptMsg: "base" });
  world.enqueue(loop, { type: "message_append", payload: { text: "do not lose me" } });
  await world.once(loop);
  expect(world.runs(loop)[0]).toMatchObject({ status: "error", exitCode: -1 });
  expect(world.read(loop).lastError).toBe(`chdir ${repoPath}: no such file or directory`);
  expect(world.queue(loop)[0]?.status).toBe("pending");
  mkdirSync(repoPath);
  await world.once(loop);
  expect(world.runs(loop)[1]?.outputTail).toEndWith("do not lose me");
  expect(world.queue(loop)[0]?.status).toBe("completed");
});

test("an agent whose wrapper was killed alone does not go on unseen", async () => {
  await using world = await LoopWorld.make();
  world.profile([["ignore-term"], ["print", "working"], ["hang"]]);
  const loop = world.loop({ maxIterations: 1 });
  const runner = world.start(loop);
  await waitFor(() => world.log(loop).includes("working"), { what: "the harness" });
  const [run] = listUnfinishedRuns(world.db, loop.id);
  process.kill(run?.pid ?? 0, "SIGKILL");
  await runner.ended;
  expect(world.processes()).toEqual([]);
  expect(world.runs(loop)).toMatchObject([{ status: "error", exitCode: -1, outputTail: "working" }]);
});

test("a log that cannot be opened does not keep a loop from running", async () => {
  await using world = await LoopWorld.make();
  world.profile([["print", "x"]]);
  const loop = world.loop({ logPath: join(world.repo, "PROMPT.md", "no", "folder.log") });
  expect(await world.once(loop)).toBe("ended");
  expect(world.runs(loop)).toMatchObject([{ status: "success", outputTail: "x" }]);
});
