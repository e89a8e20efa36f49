import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getProfileByName } from "../../src/store/profiles.ts";
import { SupervisedForge } from "../supervisor/support/supervised-forge.ts";
import { Forge } from "../support/forge.ts";
import { addLoop } from "../support/loops.ts";

let forge: Forge;
beforeAll(async () => {
  forge = new Forge();
  addLoop(forge, { name: "alpha" });
  await forge.must(["profile", "add", "generic", "--name", "p", "--command", "true"]);
  await forge.must(["pool", "create", "main"]);
});
afterAll(() => forge[Symbol.asyncDispose]());

const set = (...words: string[]) => forge.must(["budget", "set", ...words]);
const list = async (...words: string[]) => JSON.parse(await forge.must(["budget", "ls", "--json", ...words]));

test("the doctor names what keeps budgets and prices from holding (edge case: figures missing)", async () => {
  await using own = await SupervisedForge.make("budgets:\n  - {scope: pool, ref: nosuch, amount: $5}\n");
  const plain = { name: "plain", model: "my-model", commandTemplate: "true" };
  const codex = { name: "codex", model: "gpt-5.3-codex", harness: "codex" as const, commandTemplate: "true" };
  for (const draft of [plain, codex]) {
    own.profile([], draft);
    const loop = own.loop({ name: draft.name, profileId: getProfileByName(own.db, draft.name).id });
    await own.must(["run", loop.name]);
  }
  const checks = async () => {
    const { checks: all } = JSON.parse((await own.run(["doctor", "--json"])).stdout);
    return Object.fromEntries(all.map(({ name, error }: { name: string; error?: string }) => [name, error]));
  };
  const idle = 'the budget of $5 is for pool "nosuch", which is not there';
  expect(await checks()).toMatchObject({ budgets: idle });
  await own.must(["budget", "set", "$1", "--all"]);
  mkdirSync(own.configDir, { recursive: true });
  writeFileSync(join(own.configDir, "prices.yaml"), "modles: {}\n");
  expect(await checks()).toMatchObject({
    budgets: `${idle}; profile plain reports no cost and model my-model has no price`,
    prices: "prices.yaml: unknown key: modles",
  });
});

describe("forge budget (spec/15 section 5.3)", () => {
  test("set, ls and rm, in text and JSON", async () => {
    await using own = new Forge();
    addLoop(own, { name: "alpha" });
    const must = (...words: string[]) => own.must(["budget", ...words]);
    expect(await must("ls")).toBe("No budgets\n");
    expect(await must("set", "$10", "--all")).toBe("Budget b1 set: $10.00 per day for all (hard)\n");
    expect(await must("set", "2M", "tokens", "--loop", "alpha", "--per", "week", "--action", "kill")).toBe(
      "Budget b2 set: 2M tokens per week for loop alpha (kill)\n",
    );
    expect(await must("set", "$12", "--all")).toBe("Budget b1 set: $12.00 per day for all (hard)\n");
    const rows = (await must("ls")).split("\n").map((line) => line.trim().split(/\s{2,}/));
    expect(rows).toEqual([
      ["ID", "SCOPE", "PERIOD", "LIMIT", "USED", "RESERVED", "LEFT", "ACTION", "STATE"],
      ["b2", "loop alpha", "week", "2M tokens", "0", "0", "2M", "kill", "ok"],
      ["b1", "all", "day", "$12.00", "$0.0000", "$0.0000", "$12.00", "hard", "ok"],
      [""],
    ]);
    const [, first] = JSON.parse(await must("ls", "--json"));
    expect(first).toEqual({
      ...{ id: "b1", scope: "all", scope_ref: "", scope_name: "", period: "day", unit: "usd", amount: 12 },
      ...{ used: 0, reserved: 0, left: 12, action: "hard", state: "ok", created_by: "cli" },
      period_start: expect.stringMatching(/T00:00:00Z$/),
      period_end: expect.stringMatching(/T00:00:00Z$/),
      created_at: expect.any(String),
    });
    expect(JSON.parse(await must("rm", "b2", "--json"))).toEqual({ removed: ["b2"] });
    await must("set", "1h", "--all", "--per", "total");
    expect(await must("rm", "b1", "b2")).toBe("Budget b1 removed\nBudget b2 removed\n");
    expect(await must("ls", "--json")).toBe("[]\n");
  });

  test.each([
    [["6h", "--profile", "p"], "6h per day for profile p (hard)"],
    [["20 runs", "--pool", "main", "--per", "total"], "20 runs in total for pool main (hard)"],
    [["$1", "--repo", "/x"], "$1.00 per day for repo /x (hard)"],
    [["10usd", "--all", "--action", "soft"], "$10.00 per day for all (soft)"],
    [["$2", "--run"], "$2.00 per run for all (kill)"],
    [["$2", "--run", "--pool", "main", "--action", "soft"], "$2.00 per run for pool main (soft)"],
  ])("set %j", async (words, said) => {
    expect(await set(...words)).toMatch(new RegExp(`^Budget b\\d+ set: ${RegExp.escape(said)}\n$`));
  });

  test("ls --loop lists what limits the loop, newest first", async () => {
    await set("5 runs", "--loop", "alpha", "--per", "month");
    await set("6 runs", "--all", "--per", "month");
    const scopes = (await list("--loop", "alpha", "-n", "2")).map(({ scope }: { scope: string }) => scope);
    expect(scopes).toEqual(["all", "loop"]);
    expect((await list("--loop", "alpha")).map(({ scope }: { scope: string }) => scope)).not.toContain(
      "profile",
    );
  });

  const CHOOSE = "choose one of --loop, --profile, --pool, --repo, --all";
  test.each([
    [["$1"], CHOOSE],
    [["$1", "--all", "--loop", "alpha"], CHOOSE],
    [["$1", "--loop", "nosuch"], "loop 'nosuch' not found"],
    [["lots", "--all"], 'invalid budget amount "lots" (examples: $10, 2M tokens, 20 runs, 6h)'],
    [["$0", "--all"], "budget amount must be > 0"],
    [["--all", "--", "-$5"], "budget amount must be > 0"],
    [["$1", "--all", "--per", "year"], 'invalid --per "year" (valid: run, hour, day, week, month, total)'],
    [["$1", "--all", "--action", "shout"], 'invalid --action "shout" (valid: soft, hard, kill)'],
    [["$1", "--run", "--per", "day"], "use either --run or --per, not both"],
    [["$1", "--run", "--action", "hard"], "a budget of each run is soft or kill"],
  ])("set %j is refused, and nothing is made", async (words, message) => {
    const before = await list("-n", "0");
    const { code, stderr } = await forge.run(["budget", "set", ...words]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(await list("-n", "0")).toEqual(before);
  });

  test("rm of a budget that is not there removes none", async () => {
    await set("7 runs", "--all");
    const [{ id }] = await list();
    const { code, stderr } = await forge.run(["budget", "rm", id, "b99"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("budget not found: b99")]);
    expect((await list())[0].id).toBe(id);
  });

  test("budgets of the configuration file are there with it, follow it, and are not changed by commands", async () => {
    await using own = new Forge();
    mkdirSync(own.configDir, { recursive: true });
    const config = (text: string) => writeFileSync(join(own.configDir, "config.yaml"), text);
    config(
      "budgets:\n  - {scope: all, amount: $5}\n  - {scope: run, amount: $1}\n  - {scope: loop, ref: nosuch, amount: 3 runs}\n",
    );
    await own.must(["profile", "add", "generic", "--name", "p", "--command", "true"]);
    const budgets = async () =>
      JSON.parse(await own.must(["budget", "ls", "--json"])).map(
        ({ id, scope, amount, action, created_by }: Record<string, unknown>) => [
          id,
          scope,
          amount,
          action,
          created_by,
        ],
      );
    expect(await budgets()).toEqual([
      ["b2", "run", 1, "kill", "config"],
      ["b1", "all", 5, "hard", "config"],
    ]);
    for (const words of [
      ["rm", "b1"],
      ["set", "$9", "--all"],
    ]) {
      const { code, stderr } = await own.run(["budget", ...words]);
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining("budget b1 comes from the configuration file"),
      ]);
    }
    config("budgets:\n  - {scope: all, amount: $7}\n");
    expect(await budgets()).toEqual([["b1", "all", 7, "hard", "config"]]);
    config("");
    expect(await budgets()).toEqual([]);
  });
});
