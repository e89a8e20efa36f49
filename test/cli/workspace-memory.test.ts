import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { Forge } from "../support/forge.ts";
import { addLoop } from "../support/loops.ts";

/** Loops `alpha` and `beta`, created and not started. */
function withLoops(): Forge {
  const forge = new Forge();
  for (const name of ["alpha", "beta"]) addLoop(forge, { name });
  return forge;
}

async function loopId(forge: Forge, name: string): Promise<string> {
  const loops = JSON.parse(await forge.must(["ps", "--json"]));
  return loops.find((loop: { name: string }) => loop.name === name).id;
}

describe("30 section 9.1: forge mem", () => {
  test("a value is set, read, listed by key, changed and forgotten", async () => {
    await using forge = withLoops();
    const mem = (...words: string[]) => forge.must(["mem", "--loop", "alpha", ...words]);
    expect(await mem("ls")).toBe("(empty)\n");
    expect(await mem("set", " k2 ", "two")).toBe("ok\n");
    expect(JSON.parse(await mem("set", "k1", "one", "--json"))).toEqual({
      key: "k1",
      loop: "alpha",
      ok: true,
    });
    expect(await mem("set", "k1", "uno", "--quiet")).toBe("");
    expect(await mem("get", "k1")).toBe("uno\n");
    expect(await mem("list")).toBe("k1=uno\nk2=two\n");
    const entry = JSON.parse(await mem("get", "k1", "--json"));
    expect(entry).toMatchObject({ loop_id: await loopId(forge, "alpha"), key: "k1", value: "uno" });
    expect(Object.keys(entry)).toEqual(["id", "loop_id", "key", "value", "created_at", "updated_at"]);
    expect(JSON.parse(await mem("ls", "--json"))).toHaveLength(2);
    expect(JSON.parse(await mem("rm", "k1", "--json"))).toEqual({ key: "k1", loop: "alpha", ok: true });
    expect(await mem("remove", "k2")).toBe("ok\n");
    expect(await mem("ls", "--json")).toBe("[]\n");
  });

  test("values with newlines, = and unicode are kept byte for byte", async () => {
    await using forge = withLoops();
    const value = "a=b\nzweite Zeile \u00fc \u{1f600}\t\n";
    await forge.must(["mem", "set", "k", value, "--loop", "alpha"]);
    expect(await forge.must(["mem", "get", "k", "--loop", "alpha"])).toBe(`${value}\n`);
    const { value: kept } = JSON.parse(await forge.must(["mem", "get", "k", "--loop", "alpha", "--json"]));
    expect(kept).toBe(value);
    expect((await forge.must(["mem", "ls", "--loop", "alpha"])).split("\n")).toHaveLength(2);
  });

  test("the loop is the flag's, in any place, else the run's", async () => {
    await using forge = withLoops();
    await forge.must(["mem", "set", "--loop=alpha", "where", "alpha"]);
    await forge.must(["mem", "--loop", "beta", "set", "where", "beta"]);
    const where = async (env: Record<string, string>, ...words: string[]) =>
      (await forge.must(["mem", "get", "where", ...words], { env })).trim();
    const FORGE_LOOP_ID = await loopId(forge, "beta");
    expect(await where({ FORGE_LOOP_ID, FORGE_LOOP_NAME: "alpha" })).toBe("beta");
    expect(await where({ FORGE_LOOP_ID: " ", FORGE_LOOP_NAME: "alpha" })).toBe("alpha");
    expect(await where({ FORGE_LOOP_ID }, "--loop", "alpha")).toBe("alpha");
    expect(await where({ FORGE_LOOP_ID: FORGE_LOOP_ID.slice(0, 6) })).toBe("beta");
  });

  const refused: [row: string, words: string[], stderr: string][] = [
    ["no loop is named", ["get", "k"], "loop required (pass --loop or set FORGE_LOOP_ID)"],
    ["an unknown loop", ["get", "k", "--loop", "zz"], "loop 'zz' not found. Example input: 'alpha' or '"],
    ["an unknown key", ["get", "k", "--loop", "alpha"], "loop kv not found"],
    ["rm of an unknown key", ["rm", "k", "--loop", "alpha"], "loop kv not found"],
    ['mem set k ""', ["set", "k", "", "--loop", "alpha"], "value is required"],
    ["mem set with a blank key", ["set", " ", "v", "--loop", "alpha"], "key is required"],
    ["mem set without a value", ["set", "k", "--loop", "alpha"], "accepts 2 arg(s), received 1"],
    ["an unknown subcommand", ["put", "k"], "unknown mem subcommand 'put'"],
  ];
  test("what is refused", async () => {
    await using forge = withLoops();
    for (const [row, words, message] of refused) {
      const { code, stdout, stderr } = await forge.run(["mem", ...words]);
      expect([row, code, stdout]).toEqual([row, 1, ""]);
      expect(stderr).toStartWith(message);
    }
  });

  test("reading on a fresh machine creates nothing", async () => {
    await using forge = new Forge();
    expect(await forge.run(["mem", "ls", "--loop", "a"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "loop 'a' not found (no loops registered yet)\n",
    });
    expect(existsSync(forge.dataDir)).toBe(false);
  });
});

describe("30 section 9.2: forge work", () => {
  const env = { FORGE_LOOP_NAME: "alpha", FMAIL_AGENT: "ag" };

  test("one task is current; the others stay in the list, newest first", async () => {
    await using forge = withLoops();
    const work = (...words: string[]) => forge.must(["work", ...words], { env });
    expect(await work("current")).toBe("(none)\n");
    expect(JSON.parse(await work("show", "--json"))).toEqual({ current: null });
    expect(await work("ls")).toBe("(empty)\n");
    expect(await work("set", "t1")).toBe("ok\n");
    const state = JSON.parse(await work("set", "t2", "--status", "blocked", "--detail", "waiting", "--json"));
    expect(Object.keys(state)).toEqual([
      ...["id", "loop_id", "agent_id", "task_id", "status", "detail"],
      ...["loop_iteration", "is_current", "created_at", "updated_at"],
    ]);
    expect(state).toMatchObject({ agent_id: "ag", task_id: "t2", status: "blocked", is_current: true });
    const line = `t2 [blocked] agent=ag iter=0 updated=${state.updated_at} | waiting`;
    expect(await work("status")).toBe(`${line}\n`);
    expect(await work("ls")).toMatch(
      new RegExp(`^\\* ${RegExp.escape(line)}\\n  t1 \\[in_progress\\] agent=ag iter=0 updated=\\S+Z\\n$`),
    );
    expect(JSON.parse(await work("list", "--json"))).toHaveLength(2);
    expect(JSON.parse(await work("clear", "--json"))).toEqual({ loop: "alpha", ok: true });
    expect(await work("current")).toBe("(none)\n");
    expect((await work("ls")).split("\n")).toHaveLength(3);
  });

  test("the agent is the flag's, else that of the environment, in order", async () => {
    await using forge = withLoops();
    const all = { FORGE_LOOP_NAME: "alpha", FMAIL_AGENT: "fm", SV_ACTOR: "sv" };
    const agent = async (variables: Record<string, string>, ...words: string[]) =>
      JSON.parse(await forge.must(["work", ...words, "set", "t", "--json"], { env: variables })).agent_id;
    expect(await agent(all, "--agent", "me")).toBe("me");
    expect(await agent(all)).toBe("fm");
    expect(await agent({ ...all, FMAIL_AGENT: "" })).toBe("sv");
    expect(await agent({ FORGE_LOOP_NAME: "alpha" })).toBe("alpha");
  });

  test("a blank status is in_progress", async () => {
    await using forge = withLoops();
    const { status } = JSON.parse(await forge.must(["work", "set", "t", "--status", " ", "--json"], { env }));
    expect(status).toBe("in_progress");
  });

  test("only set needs an agent, and says so before the database is opened", async () => {
    await using forge = new Forge();
    expect(await forge.run(["work", "set", "t", "--loop", "x"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "agent id required (pass --agent or set FMAIL_AGENT)\n",
    });
    expect(existsSync(forge.dataDir)).toBe(false);
    expect((await forge.run(["work", "current", "--loop", "x"])).stderr).toStartWith("loop 'x' not found");
    expect((await forge.run(["work", "ls"])).stderr).toStartWith("loop required");
  });

  test("30 edge cases: work set with several processes at once leaves exactly one current row", async () => {
    await using forge = withLoops();
    const tasks = Array.from({ length: 8 }, (_, index) => `t${index}`);
    await Promise.all(tasks.map((task) => forge.must(["work", "set", task], { env })));
    const states = JSON.parse(await forge.must(["work", "ls", "--json"], { env }));
    expect(states).toHaveLength(8);
    expect(states.filter((state: { is_current: boolean }) => state.is_current)).toHaveLength(1);
  });
});
