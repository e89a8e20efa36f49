import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { Forge } from "../support/forge.ts";

const json = async (forge: Forge, ...words: string[]) => JSON.parse(await forge.must([...words, "--json"]));

/** Profiles a, b and c, and the pool main without members. */
async function withPool(): Promise<Forge> {
  const forge = new Forge();
  for (const name of ["a", "b", "c"]) await forge.must(["profile", "add", "pi", "--name", name]);
  await forge.must(["pool", "create", "main"]);
  return forge;
}

const membersOf = async (forge: Forge): Promise<string[]> =>
  (await json(forge, "pool", "show", "main")).members.map(
    (member: { profile_name: string }) => member.profile_name,
  );

describe("30 section 5.5: forge pool", () => {
  test("the first pool becomes the default, the next does not", async () => {
    await using forge = new Forge();
    expect(await forge.must(["pool", "create", "main"])).toBe('Pool "main" created\n');
    const pool = await json(forge, "pool", "create", "spare", "--strategy", "rr");
    expect(Object.keys(pool)).toEqual(["id", "name", "strategy", "is_default", "created_at", "updated_at"]);
    expect(pool).toMatchObject({ name: "spare", strategy: "round_robin", is_default: false });
    expect((await json(forge, "pool", "ls"))[0]).toMatchObject({ name: "main", is_default: true });
  });

  test("ls is a table by name", async () => {
    await using forge = await withPool();
    await forge.must(["pool", "create", "extra"]);
    await forge.must(["pool", "add", "main", "a", "b"]);
    expect(await forge.must(["pool", "list"])).toBe(
      [
        "NAME   STRATEGY     DEFAULT  MEMBERS",
        "extra  round_robin  no       0",
        "main   round_robin  yes      2",
        "",
      ].join("\n"),
    );
  });

  test("without pools there is a sentence, and nothing is created", async () => {
    await using forge = new Forge();
    expect(await forge.must(["pool", "ls"])).toBe("No pools found\n");
    expect(await forge.must(["pool", "ls", "--json"])).toBe("[]\n");
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  test("members stand in the order in which they were added, by name or id", async () => {
    await using forge = await withPool();
    const { id } = await json(forge, "profile", "show", "b");
    expect(await forge.must(["pool", "add", "main", "c", id])).toBe('Added c, b to pool "main"\n');
    expect(await json(forge, "pool", "add", "main", "a")).toEqual({ added: ["a"], pool: "main" });
    expect(await forge.must(["pool", "show", "main"])).toBe(
      [
        ...["Pool main", "Strategy: round_robin", "Default: yes", ""],
        "PROFILE  HARNESS  AUTH_KIND",
        ...["c        pi       pi", "b        pi       pi", "a        pi       pi"],
        "",
      ].join("\n"),
    );
    const { pool, members } = await json(forge, "pool", "show", "main");
    expect(pool.name).toBe("main");
    expect(members[1]).toEqual({ profile_id: id, profile_name: "b", harness: "pi", auth_kind: "pi" });
  });

  test("an empty pool says so", async () => {
    await using forge = await withPool();
    expect(await forge.must(["pool", "show", "main"])).toEndWith("\n\nNo members\n");
  });

  test("set-default leaves exactly one default", async () => {
    await using forge = await withPool();
    await forge.must(["pool", "create", "spare"]);
    expect(await forge.must(["pool", "set-default", "spare"])).toBe('Default pool set to "spare"\n');
    const pools = await json(forge, "pool", "ls");
    expect(pools.map(({ is_default }: { is_default: boolean }) => is_default)).toEqual([false, true]);
    expect(await json(forge, "pool", "set-default", "main")).toEqual({ default_pool: "main" });
  });

  test("remove-profile takes members out, all or none", async () => {
    await using forge = await withPool();
    await forge.must(["pool", "add", "main", "a", "b", "c"]);
    expect(await forge.must(["pool", "remove-profile", "main", "a", "c"])).toBe(
      'Removed a, c from pool "main"\n',
    );
    expect(await forge.run(["pool", "remove-profile", "main", "b", "a"])).toEqual({
      code: 1,
      stdout: "",
      stderr: 'profile "a" not found in pool "main"\n',
    });
    expect(await membersOf(forge)).toEqual(["b"]);
    expect(await json(forge, "pool", "remove-profile", "main", "b")).toEqual({
      removed: ["b"],
      pool: "main",
    });
  });

  test("rm removes the pool and keeps its profiles; a person is asked first", async () => {
    await using forge = await withPool();
    await forge.must(["pool", "add", "main", "a"]);
    {
      await using terminal = forge.terminal(["pool", "rm", "main"]);
      await terminal.shows("About to delete pool: main");
      terminal.type("\n");
      expect(await terminal.ends()).toBe(0);
    }
    expect(await forge.must(["pool", "rm", "main"])).toBe('Pool "main" removed\n');
    expect(await json(forge, "profile", "ls")).toHaveLength(3);
    await forge.must(["pool", "create", "again"]);
    expect(await json(forge, "pool", "remove", "again")).toEqual({ deleted: true, pool: "again" });
  });

  const refused: [row: string, words: string[], stderr: string][] = [
    ["a taken name", ["create", "main"], 'pool "main" already exists'],
    ["a blank name", ["create", " "], "invalid pool: name: pool name is required"],
    ["an unknown strategy", ["create", "x", "--strategy", "magic"], 'unknown pool strategy "magic"'],
    ["an unknown pool", ["add", "none", "a"], "pool not found: none"],
    ["30 edge cases: one good, one bad profile", ["add", "main", "a", "zz"], "profile not found: zz"],
    ["a profile twice", ["add", "main", "a", "a"], 'profile "a" already exists in pool "main"'],
    ["no profile", ["add", "main"], "requires at least 2 arg(s), only received 1"],
    ["show of an unknown pool", ["show", "none"], "pool not found: none"],
    ["set-default of an unknown pool", ["set-default", "none"], "pool not found: none"],
    ["rm of an unknown pool", ["rm", "none"], "pool not found: none"],
    ["an unknown subcommand", ["drain", "main"], "unknown pool subcommand 'drain'"],
  ];
  test("what is refused changes nothing", async () => {
    await using forge = await withPool();
    for (const [row, words, message] of refused) {
      expect([row, await forge.run(["pool", ...words])]).toEqual([
        row,
        { code: 1, stdout: "", stderr: `${message}\n` },
      ]);
    }
    expect(await membersOf(forge)).toEqual([]);
    expect(await json(forge, "pool", "ls")).toHaveLength(1);
  });

  test("several processes that add members at once leave distinct positions and one default", async () => {
    await using forge = await withPool();
    await Promise.all(["a", "b", "c"].map((name) => forge.must(["pool", "add", "main", name])));
    expect((await membersOf(forge)).toSorted()).toEqual(["a", "b", "c"]);
    await Promise.all(["x", "y"].map((name) => forge.must(["pool", "create", name])));
    const defaults = (await json(forge, "pool", "ls")).filter(
      (pool: { is_default: boolean }) => pool.is_default,
    );
    expect(defaults).toHaveLength(1);
  });
});

describe("15 section 4.3: strategies of pools", () => {
  test("are told by their real names, and set by any of their spellings", async () => {
    await using forge = await withPool();
    expect(await json(forge, "pool", "create", "w", "--strategy", "weighted")).toMatchObject({
      strategy: "weighted",
    });
    expect(await forge.must(["pool", "set-strategy", "main", "least_recently_used"])).toBe(
      'Pool "main" chooses by lru\n',
    );
    expect(await json(forge, "pool", "set-strategy", "w", "drain")).toMatchObject({
      name: "w",
      strategy: "drain",
    });
    const shown = (await json(forge, "pool", "ls")).map((pool: Record<string, unknown>) => pool.strategy);
    expect(shown).toEqual(["lru", "drain"]);
  });

  test("weights stand in the table of a weighted pool", async () => {
    await using forge = await withPool();
    await forge.must(["pool", "add", "main", "a", "--weight", "5"]);
    await forge.must(["pool", "add", "main", "b"]);
    expect((await json(forge, "pool", "show", "main")).members[0].weight).toBeUndefined();
    await forge.must(["pool", "set-strategy", "main", "weighted"]);
    expect(await forge.must(["pool", "show", "main"])).toBe(
      [
        ...["Pool main", "Strategy: weighted", "Default: yes", ""],
        "PROFILE  HARNESS  AUTH_KIND  WEIGHT",
        ...["a        pi       pi         5", "b        pi       pi         1", ""],
      ].join("\n"),
    );
    expect((await json(forge, "pool", "show", "main")).members[0].weight).toBe(5);
  });

  test.each([
    [["set-strategy", "main", "random"], 'unknown pool strategy "random"'],
    [["set-strategy", "none", "lru"], "pool not found: none"],
    [["create", "x", "--strategy", "random"], 'unknown pool strategy "random"'],
    [["add", "main", "a", "--weight", "0"], "weight must be between 1 and 100"],
    [["add", "main", "a", "--weight", "101"], "weight must be between 1 and 100"],
  ])("pool %j is refused", async (words, message) => {
    await using forge = await withPool();
    expect(await forge.run(["pool", ...words])).toEqual({ code: 1, stdout: "", stderr: `${message}\n` });
  });
});
