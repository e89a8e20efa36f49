import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase, type Db, openDatabase } from "../../src/store/database.ts";
import { createLoop, deleteLoop } from "../../src/store/loops.ts";
import { createProfile } from "../../src/store/profiles.ts";
import { addSpend, dayOf, type SpendEntry } from "../../src/store/spend.ts";
import { Forge } from "../support/forge.ts";

let forge: Forge;
const now = Date.now();
const DAY = 86_400_000;
const ids: Record<string, string> = {};

beforeAll(() => {
  forge = new Forge();
  const db = openDatabase(join(forge.dataDir, "forge.db"), { mode: "write" });
  fill(db);
  closeDatabase(db);
});
afterAll(() => forge[Symbol.asyncDispose]());

function fill(db: Db): void {
  const alpha = createLoop(db, { name: "alpha", repoPath: "/one" }, now);
  const gone = createLoop(db, { name: "gone", repoPath: "/two" }, now);
  const profile = createProfile(db, { name: "main", harness: "claude", commandTemplate: "true" }, now);
  Object.assign(ids, { alpha: alpha.id, gone: gone.id, profile: profile.id });
  const entry: SpendEntry = {
    day: dayOf(now),
    loopId: alpha.id,
    profileId: profile.id,
    model: "claude-x",
    repoPath: "/one",
    poolId: "",
    runs: 2,
    inputTokens: 12_300,
    outputTokens: 500,
    cacheReadTokens: 4_000_000,
    cacheWriteTokens: 100_000,
    costMicros: 1_500_000,
    estimatedMicros: 0,
    wallMs: 61_400,
    assumedTokens: 0,
  };
  addSpend(db, entry);
  addSpend(db, { ...entry, day: dayOf(now - 30 * DAY), costMicros: 90_000_000 });
  addSpend(db, {
    ...{ ...entry, loopId: gone.id, repoPath: "/two", model: 'm, the "second"' },
    ...{ runs: 1, costMicros: 430_000, estimatedMicros: 430_000 },
  });
  deleteLoop(db, gone.id, now);
}

const json = async (...words: string[]) => JSON.parse(await forge.must(["cost", "--json", ...words]));

describe("forge cost (spec/15 section 5.5)", () => {
  test("sums up the last seven days by loop, the dearest first; estimates are marked, a deleted loop goes by its id", async () => {
    const lines = (await forge.must(["cost"])).split("\n").map((line) => line.trim().split(/\s{2,}/));
    expect(lines.slice(0, 4)).toEqual([
      ["LOOP", "RUNS", "INPUT", "OUTPUT", "CACHE", "COST"],
      ["alpha", "2", "12.3k", "500", "4.1M", "$1.50"],
      [ids.gone ?? "", "1", "12.3k", "500", "4.1M", "~$0.4300"],
      ["TOTAL", "3", "24.6k", "1.0k", "8.2M", "~$1.93"],
    ]);
  });

  test("tells every figure in JSON", async () => {
    const report = await json("--loop", "alpha");
    expect(report).toMatchObject({ by: "loop", since: expect.any(String), until: expect.any(String) });
    const figures = {
      runs: 2,
      input_tokens: 12_300,
      output_tokens: 500,
      cache_read_tokens: 4_000_000,
      cache_write_tokens: 100_000,
      cost_usd: 1.5,
      estimated_usd: 0,
      wall_seconds: 61,
    };
    expect(report.rows).toEqual([{ key: ids.alpha, name: "alpha", ...figures }]);
    expect(report.total).toEqual(figures);
  });

  test.each([
    ["profile", ["main"]],
    ["pool", [""]],
    ["repo", ["/one", "/two"]],
    ["model", ["claude-x", 'm, the "second"']],
    ["day", [dayOf(now - 30 * DAY), dayOf(now)]],
  ])("--by %s", async (by, names) => {
    const { rows } = await json("--by", by, ...(by === "day" ? ["--since", "40d"] : []));
    expect(rows.map(({ name }: { name: string }) => name)).toEqual(names);
  });

  test.each([
    [["--repo", "/two"], 1],
    [["--loop", "gone-id"], 1],
    [["--model", "claude-x"], 2],
    [["--profile", "main"], 3],
    [["--until", "20d", "--since", "40d"], 2],
  ])("%j", async (filter, runs) => {
    const words = filter.map((word) => (word === "gone-id" ? (ids.gone ?? "") : word));
    expect((await json(...words)).total.runs).toBe(runs);
  });

  test("--csv has a header and quotes what needs it", async () => {
    expect((await forge.must(["cost", "--csv", "--by", "model"])).split("\n").slice(0, 3)).toEqual([
      "key,name,runs,input_tokens,output_tokens,cache_read_tokens,cache_write_tokens,cost_usd,estimated_usd,wall_seconds",
      "claude-x,claude-x,2,12300,500,4000000,100000,1.5,0,61",
      '"m, the ""second""","m, the ""second""",1,12300,500,4000000,100000,0.43,0.43,61',
    ]);
  });

  test.each([
    [["--json", "--csv"], "use either --json or --csv, not both"],
    [["--prices", "--csv"], "use either --prices or --csv, not both"],
    [["--by", "colour"], 'invalid --by "colour" (valid: loop, profile, pool, repo, model, day)'],
    [["--loop", "nosuch"], "loop 'nosuch' not found"],
  ])("%j is refused", async (words, message) => {
    const { code, stdout, stderr } = await forge.run(["cost", ...words]);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain(message);
  });

  test("says that there is nothing, also on a fresh machine", async () => {
    await using fresh = new Forge();
    expect(await fresh.must(["cost"])).toBe("No runs in this period\n");
  });

  test("--prices shows the built-in prices with their date and those of prices.yaml over them", async () => {
    const folder = join(forge.home, ".config/forge");
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "prices.yaml"),
      "models:\n  my-model*: {input: 1, output: 2, cache_read: 0.5}\n  gpt-5.2: {input: 9, output: 9}\n  bad: {input: x}\nextra: 1\n",
    );
    const prices: { model: string }[] = JSON.parse(await forge.must(["cost", "--prices", "--json"]));
    const of = (name: string) => prices.filter(({ model }) => model === name);
    expect(of("my-model*")).toEqual([
      {
        model: "my-model*",
        input: 1,
        output: 2,
        cache_read: 0.5,
        cache_write: 1,
        source: "prices.yaml",
      } as never,
    ]);
    expect(of("gpt-5.2")).toHaveLength(1);
    expect(of("claude-opus-5*")[0]).toMatchObject({
      source: "built-in",
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
    expect((await forge.must(["cost", "--prices"])).split("\n")[0]?.split(/\s+/)).toEqual([
      ...["MODEL", "INPUT", "OUTPUT", "CACHE_READ", "CACHE_WRITE", "SOURCE"],
    ]);
  });
});
