import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPool } from "../../src/store/pools.ts";
import { VerbsSandbox } from "./verbs-sandbox.ts";

const names = async (forge: VerbsSandbox) =>
  (await forge.json(["ps"])).map(({ name }: { name: string }) => name);

describe("20 section 13: forge rm", () => {
  test("removes a loop with what belongs to it; its log, its ledger and its environment are another matter", async () => {
    await using forge = new VerbsSandbox();
    const log = join(forge.dataDir, "logs/loops/alpha.log");
    const loop = forge.loop("alpha", { logPath: log });
    mkdirSync(join(forge.dataDir, "logs/loops"), { recursive: true });
    mkdirSync(join(forge.dataDir, "runners"), { recursive: true });
    writeFileSync(log, "kept\n");
    const environment = join(forge.dataDir, "runners", `${loop.id}.env`);
    writeFileSync(environment, "SECRET=1\0");
    await forge.must(["msg", "alpha", "hi"]);
    expect(await forge.must(["rm", "alpha"])).toBe("Loop 'alpha' removed\n");
    expect(await names(forge)).toEqual([]);
    expect(forge.items(loop.id)).toEqual([]);
    expect([existsSync(log), existsSync(environment)]).toEqual([true, false]);
  });

  test.each(["remove", "delete"])("%s is the same", async (verb) => {
    await using forge = new VerbsSandbox();
    const { id } = forge.loop("alpha");
    expect(await forge.json([verb, "alpha"])).toEqual({ removed: 1, loop_id: id, name: "alpha" });
  });

  test("a selector needs --force and answers with lists", async () => {
    await using forge = new VerbsSandbox();
    const alpha = forge.loop("alpha", { tags: ["x"] });
    const bravo = forge.loop("bravo", { tags: ["x", "y"] });
    forge.loop("gamma");
    expect(await forge.json(["rm", "--tag", "y", "--force"])).toEqual({
      removed: 1,
      loop_id: bravo.id,
      name: "bravo",
      loop_ids: [bravo.id],
      names: ["bravo"],
    });
    const delta = forge.loop("delta", { tags: ["x"] });
    expect(await forge.json(["rm", "--tag", "x", "--force"])).toEqual({
      removed: 2,
      loop_ids: [alpha.id, delta.id],
      names: ["alpha", "delta"],
    });
    forge.loop("omega");
    expect(await forge.must(["rm", "--all", "--force"])).toBe("Removed 2 loop(s)\n");
    expect(await forge.run(["rm", "--all", "--force", "--quiet"])).toMatchObject({ code: 1, stdout: "" });
  });

  test("without --force only stopped loops go, and one that is not keeps all", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    forge.loop("bravo", { state: "error" });
    expect(await forge.run(["rm", "bravo"])).toEqual({
      code: 1,
      stdout: "",
      stderr: 'loop "bravo" is error; use --force to remove anyway\n',
    });
    expect(await names(forge)).toEqual(["alpha", "bravo"]);
    expect(await forge.must(["rm", "bravo", "--force"])).toBe("Loop 'bravo' removed\n");
  });

  test("a loop whose runner is dead counts as stopped", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha", { state: "sleeping", metadata: { pid: 999_999_999, runner_owner: "local" } });
    expect(await forge.must(["rm", "alpha"])).toBe("Loop 'alpha' removed\n");
  });

  test("on a terminal it asks; anything but yes changes nothing and exits 0", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    for (const answer of ["\n", "no\n", "yess\n", "\u0004"]) {
      await using terminal = forge.terminal(["rm", "alpha"]);
      await terminal.shows("This action cannot be undone. Continue? [y/N]: ");
      expect(terminal.output).toContain("About to delete loop: alpha");
      expect(terminal.output).toContain(
        "Impact: This will remove 1 loop record(s). Logs and ledgers will remain on disk.\r\n",
      );
      terminal.type(answer);
      await terminal.shows("Cancelled.");
      expect(await terminal.ends()).toBe(0);
    }
    expect(await names(forge)).toEqual(["alpha"]);
    await using terminal = forge.terminal(["rm", "alpha"]);
    await terminal.shows("[y/N]");
    terminal.type(" YES \n");
    await terminal.shows("Loop 'alpha' removed");
    expect(await terminal.ends()).toBe(0);
    expect(await names(forge)).toEqual([]);
  });

  test("the question tells that runs will be ended, and names cannot steer the terminal", async () => {
    await using forge = new VerbsSandbox();
    const { pid } = process;
    forge.loop("bad\u001b[2Jname", { state: "running", metadata: { pid, runner_owner: "local" } });
    await using terminal = forge.terminal(["rm", "--all", "--force"]);
    await terminal.shows("[y/N]");
    expect(terminal.output).toContain("About to delete loop: bad\\x1b[2Jname");
    expect(terminal.output).toContain(" on disk. Some loops are not stopped; their runs will be ended.");
    terminal.type("n\n");
    await terminal.ends();
  });

  test("--yes does not ask", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    await using terminal = forge.terminal(["rm", "alpha", "-y"]);
    await terminal.shows("Loop 'alpha' removed\r\n");
    expect(await terminal.ends()).toBe(0);
    expect(terminal.output).not.toContain("WARNING");
  });
});

describe("20 section 14: forge clean", () => {
  const live = { state: "sleeping", metadata: { pid: process.pid, runner_owner: "local" } } as const;

  test("removes what is stopped or failed and leaves the rest", async () => {
    await using forge = new VerbsSandbox();
    const alpha = forge.loop("alpha");
    const bravo = forge.loop("bravo", { state: "error" });
    forge.loop("gamma", live);
    expect(await forge.json(["clean"])).toEqual({
      removed: 2,
      loop_ids: [alpha.id, bravo.id],
      names: ["alpha", "bravo"],
      skipped: 1,
    });
    expect(await names(forge)).toEqual(["gamma"]);
    expect(await forge.run(["clean"])).toMatchObject({ code: 1, stderr: "no inactive loops matched\n" });
  });

  test("tells one by its name, several by their number", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha", live);
    const bravo = forge.loop("bravo");
    expect(await forge.must(["clean"])).toBe("Loop 'bravo' removed\n");
    forge.loop("gamma");
    forge.loop("delta");
    expect(await forge.must(["clean"])).toBe("Removed 2 loop(s); skipped 1 active loop(s)\n");
    const last = forge.loop("omega", { tags: ["x"] });
    expect(await forge.json(["clean", "--tag", "x"])).toEqual({
      removed: 1,
      loop_id: last.id,
      name: "omega",
    });
    expect(bravo.name).toBe("bravo");
  });

  test("asks on a terminal and tells what is left alone", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha", live);
    forge.loop("bravo");
    forge.loop("gamma");
    await using terminal = forge.terminal(["clean"]);
    await terminal.shows("[y/N]");
    expect(terminal.output).toContain("About to delete loops: 2 loops");
    expect(terminal.output).toContain("1 loop(s) are still active and will be left untouched.");
    terminal.type("y\n");
    expect(await terminal.ends()).toBe(0);
    expect(await names(forge)).toEqual(["alpha"]);
  });
});

test("profile rm and pool rm name the loops that go on with another account", async () => {
  await using forge = new VerbsSandbox();
  const profile = forge.profile("a", "true");
  const pool = forge.withDatabase((db) => createPool(db, { name: "main" }, Date.now()));
  forge.loop("pinned\u001b[31m", { profileId: profile.id, state: "running" });
  forge.loop("over", { profileId: profile.id });
  forge.loop("pooled", { poolId: pool.id, state: "waiting" });
  const ends = "(forge stop <loop> ends them)\n";
  expect(await forge.run(["profile", "rm", "a"])).toMatchObject({
    stdout: 'Profile "a" removed\n',
    stderr: `note: loops that were pinned to it go on with the default pool or any profile: pinned\\x1b[31m ${ends}`,
  });
  expect(await forge.run(["pool", "rm", "main"])).toMatchObject({
    stdout: 'Pool "main" removed\n',
    stderr: `note: loops that used it go on with the default pool: pooled ${ends}`,
  });
});
