import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { patchLoopRuntime } from "../../src/store/fx-loops.ts";
import { createLoop } from "../../src/store/loops.ts";
import { addPoolMember } from "../../src/store/pool-members.ts";
import { createPool } from "../../src/store/pools.ts";
import { waitFor } from "../support/wait-for.ts";
import { VerbsSandbox } from "./verbs-sandbox.ts";

/** The end of a codex run whose login is gone, as the CLI prints it. */
const NO_LOGIN = [
  { type: "thread.started", thread_id: "t" },
  { type: "turn.started" },
  { type: "turn.failed", error: { message: "unexpected status 401 Unauthorized: Missing bearer" } },
];

test("15 section 4.1: a loop whose profiles are all parked says so everywhere, looks again when resumed, and goes on when one is cleared", async () => {
  await using forge = new VerbsSandbox();
  const lines = NO_LOGIN.map((line) => `echo '${JSON.stringify(line)}'`).join("; ");
  const profile = forge.profile("a", `[ -e ${forge.folder}/login ] || { ${lines}; exit 1; }`, {
    harness: "codex",
  });
  const poolId = forge.withDatabase((db) => {
    const pool = createPool(db, { name: "main" }, Date.now());
    addPoolMember(db, { poolId: pool.id, profileId: profile.id }, Date.now());
    return pool.id;
  });
  const { id } = forge.loop("alpha", { poolId, maxIterations: 1 });
  await forge.must(["resume", "alpha", "--quiet"]);
  const { logPath = "" } = await forge.state(id, "waiting");

  const reason = "all profiles of pool main parked";
  const [listed] = await forge.json(["ps"]);
  expect(listed).toMatchObject({
    state: "waiting",
    last_error: `waiting: ${reason}`,
    wait_kind: "parked",
    wait_reason: reason,
    last_outcome: "auth",
  });
  expect(listed.wait_until).toBeUndefined();
  const [header = "", row = ""] = (await forge.must(["ps"])).split("\n");
  expect([header.endsWith("  WHY"), row.endsWith(`  ${reason}`)]).toEqual([true, true]);
  expect(await forge.must(["status"])).toContain(`- [warning] Loop 'alpha' waiting: ${reason} (agent `);
  expect(await forge.json(["explain", "alpha"])).toMatchObject({
    is_blocked: true,
    why: reason,
    wait_kind: "parked",
  });

  expect(await forge.must(["resume", "alpha"])).toStartWith('Loop "alpha" resumed');
  const waits = () => readFileSync(logPath, "utf8").split(`waiting: ${reason}`).length - 1;
  await waitFor(() => waits() === 2, { what: "the loop to look again" });

  await Bun.write(`${forge.folder}/login`, "");
  expect(await forge.must(["profile", "cooldown", "clear", "a"])).toBe('Profile "a" cooldown cleared\n');
  await forge.state(id, "stopped");
  expect((await forge.json(["runs"])).map((run: Record<string, unknown>) => run.outcome)).toEqual([
    "ok",
    "auth",
  ]);
  expect((await forge.must(["ps"])).split("\n")[0]).not.toContain("WHY");
});

test("forge run on a terminal says that it waits, and why", async () => {
  await using forge = new VerbsSandbox();
  const { id } = forge.profile("a", "true");
  forge.loop("alpha", { profileId: id });
  await forge.must(["profile", "cooldown", "set", "a", "--park"]);
  await using run = forge.terminal(["run", "alpha"]);
  await run.shows("waiting: profile a parked (manual) (Ctrl-C ends it)");
  await forge.must(["profile", "cooldown", "clear", "a"]);
  expect(await run.ends()).toBe(0);
  expect(run.output).toContain("success (exit 0)");
});

test("20 section 18: a loop with a pool that waits for the end of a cooldown is rate limited", async () => {
  await using forge = new VerbsSandbox();
  const until = Math.ceil(Date.now() / 1000) * 1000 + 60_000;
  const { id: profileId } = forge.profile("a", "true", { cooldownUntil: until });
  const metadata = { pid: process.pid, runner_owner: "local" };
  forge.withDatabase((db) => {
    const { id: poolId } = createPool(db, { name: "main" }, Date.now());
    addPoolMember(db, { poolId, profileId }, Date.now());
    for (const [name, end] of [
      ["cooling", until],
      ["busy", until - 1000],
    ] as const) {
      const loop = createLoop(
        db,
        { name, repoPath: forge.repo, poolId, state: "waiting", metadata },
        Date.now(),
      );
      patchLoopRuntime(db, loop.id, { wait: { kind: "profile", since: 0, until: end } }, Date.now());
    }
  });
  const { agents, alerts } = await forge.json(["status"]);
  expect(agents.by_state).toMatchObject({ rate_limited: 1, awaiting_approval: 1 });
  expect(alerts.items).toMatchObject([
    { type: "cooldown", message: "Loop 'cooling' profile cooldown active" },
  ]);
});
