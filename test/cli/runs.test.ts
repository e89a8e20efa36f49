import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { MADE_UP } from "../harness/made-up-streams.ts";
import { waitFor } from "../support/wait-for.ts";
import { VerbsSandbox } from "./verbs-sandbox.ts";

/** A sandbox in which one loop ended well with claude, one met a limit with codex, and one has a foreign run. */
let forge: VerbsSandbox;
const ids: Record<string, string> = {};

beforeAll(async () => {
  forge = new VerbsSandbox();
  await printing("well", "claude", "claude that ends well");
  await printing("limited", "codex", "codex at its usage limit");
  forge.loop("foreign");
  forge.sql(
    `INSERT INTO loop_runs (id, loop_id, status, prompt_override, started_at, finished_at, exit_code, output_tail)
     SELECT 'f0000000-0000-4000-8000-000000000001', id, 'success', 0, '2026-01-01T00:00:00Z', '2026-01-01T00:01:05Z', 0,
       'from elsewhere' FROM loops WHERE name = 'foreign'`,
  );
  for (const { id, loop_name } of await forge.json(["runs"])) ids[loop_name] = id;
});

afterAll(() => forge[Symbol.asyncDispose]());

async function printing(name: string, harness: string, what: string): Promise<void> {
  const run = MADE_UP.find((made) => made.what === what);
  const file = join(forge.folder, `${name}.jsonl`);
  writeFileSync(file, run?.output ?? "");
  const { id } = forge.profile(name, `cat ${file}; exit ${run?.exit ?? 0}`, { harness });
  forge.loop(name, { profileId: id });
  await forge.must(["run", name]);
}

describe("forge runs (spec/15 section 8)", () => {
  test("lists the runs of all loops, newest first, as text", async () => {
    const [header, ...rows] = (await forge.must(["runs"])).trimEnd().split("\n");
    expect(header?.split(/ +/)).toEqual([
      ...["RUN", "LOOP", "STARTED", "DURATION", "STATUS", "OUTCOME", "PROFILE", "TOKENS", "COST", "WHY"],
    ]);
    expect(rows.map((row) => row.split(/ +/)).map(([run, loop]) => [run, loop])).toEqual([
      ["f0000000", "foreign"],
      [ids.limited?.slice(0, 8), "limited"],
      [ids.well?.slice(0, 8), "well"],
    ]);
    expect(rows[2]).toMatch(/success {2}ok +well +3\.5k +\$0\.4312/);
    expect(rows[1]).toMatch(/error +rate_limited +limited +- +- +You’ve hit your usage limit/);
    expect(rows[0]).toMatch(/1m5s +success +- /);
  });

  test("lists run objects as JSON, without what is not known", async () => {
    const [foreign, limited, well] = await forge.json(["runs", "ls"]);
    expect(well).toMatchObject({
      loop_name: "well",
      profile_name: "well",
      harness: "claude",
      outcome: "ok",
      session_id: "5b1c0f5e-0000-4000-8000-000000000001",
      model: "claude-x",
      cost_usd: 0.4312,
      usage: {
        input_tokens: 900,
        output_tokens: 2600,
        cache_read_tokens: 101_000,
        cache_write_tokens: 6000,
        reasoning_tokens: 0,
      },
    });
    expect(Number.isInteger(well.duration_ms)).toBe(true);
    expect(Date.parse(limited.reset_at)).toBeGreaterThan(Date.parse(limited.started_at));
    for (const key of ["outcome", "reason", "usage", "cost_usd", "harness"])
      expect(foreign).not.toHaveProperty(key);
  });

  test.each([
    [["--loop", "well"], ["well"]],
    [["--profile", "limited"], ["limited"]],
    [
      ["--outcome", "ok,rate_limited"],
      ["limited", "well"],
    ],
    [["--outcome", "crashed"], []],
    [["--status", "error"], ["limited"]],
    [
      ["--since", "1h"],
      ["limited", "well"],
    ],
    [["--until", "2026-02-01"], ["foreign"]],
    [["-n", "1"], ["foreign"]],
    [
      ["-n", "0"],
      ["foreign", "limited", "well"],
    ],
    [["--repo", "/nowhere"], []],
  ])("leaves with %p the runs of %p", async (flags, loops) => {
    const listed = await forge.json(["runs", ...flags]);
    expect(listed.map(({ loop_name }: { loop_name: string }) => loop_name)).toEqual(loops);
  });

  test.each([
    [["runs", "--outcome", "fine"], /^invalid outcome "fine" \(valid: ok, failed, rate_limited, /],
    [["runs", "--status", "x"], /^invalid loop run status: x/],
    [["runs", "--loop", "nosuch"], /^loop 'nosuch' not found/],
    [["runs", "-n", "-1"], /^limit must be >= 0/],
    [["runs", "show", "nosuch"], /^run not found: nosuch/],
    [["runs", "show", "f00"], /^run not found: f00/],
    [["runs", "show"], /^accepts 1 arg/],
  ])("%p is refused in one line", async (words, message) => {
    const { code, stdout, stderr } = await forge.run(words);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
  });

  test("says so when there is none", async () => {
    await using empty = new VerbsSandbox();
    expect(await empty.must(["runs"])).toBe("No runs found\n");
    expect(await empty.json(["runs"])).toEqual([]);
  });
});

describe("forge runs show", () => {
  test("tells all about a run that is named by the beginning of its id", async () => {
    const shown = await forge.must(["runs", "show", ids.limited?.slice(0, 6) ?? ""]);
    expect([...shown.matchAll(/^[A-Z].*$/gm)].map(([title]) => title)).toEqual([
      ...["Run", "Outcome", "Timeline", "Evidence", "Output"],
    ]);
    expect(shown).toMatch(/^ {2}outcome +rate_limited \(You’ve hit your usage limit/m);
    expect(shown).toMatch(/^ {2}reset +20\d\d-/m);
    expect(shown).toMatch(/^ {2}started +\+0\.0s$/m);
    expect(shown).toMatch(/^ {2}rule +5$/m);
    expect(shown).toMatch(/^ {2}byte \d+ +\{"type":"turn.failed"/m);
  });

  test("tells it as JSON, with evidence, timeline and the place of the output", async () => {
    const shown = await forge.json(["runs", "show", ids.well ?? ""]);
    expect(shown).toMatchObject({
      outcome: "ok",
      evidence: { rule: 10, exit: 0 },
      queue_item_ids: [],
      output_path: join(forge.dataDir, "runs", ids.well ?? "", "output"),
    });
    expect(shown.timeline[0].what).toBe("started");
  });

  test("prints the whole output, and untouched with --raw", async () => {
    const output = MADE_UP.find((made) => made.what === "claude that ends well")?.output;
    expect(await forge.must(["runs", "show", ids.well ?? "", "--raw"])).toBe(String(output));
    expect(await forge.must(["runs", "show", ids.well ?? "", "--full"])).toContain('"subtype":"init"');
    const { code, stderr } = await forge.run(["runs", "show", ids.foreign ?? "", "--raw"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/output of run f0000000.* not found/);
  });

  test("shows a run of another implementation without an outcome", async () => {
    const shown = await forge.must(["runs", "show", ids.foreign ?? ""]);
    expect(shown).toMatch(/^ {2}outcome +-$/m);
    expect(shown).toEndWith("Output\n  from elsewhere\n");
  });

  test("shows a run that goes on with its output so far", async () => {
    const { id } = forge.profile("slow", "echo working; sleep 30");
    forge.loop("slow", { profileId: id });
    await forge.start("slow");
    const [running] = await waitFor(
      async () => {
        const listed = await forge.json(["runs", "--loop", "slow"]);
        return listed.length > 0 && listed;
      },
      { what: "the run to start" },
    );
    await waitFor(async () => (await forge.must(["runs", "show", running.id])).includes("  working\n"), {
      what: "its output",
    });
    const shown = await forge.must(["runs", "show", running.id]);
    expect(shown).toMatch(/^ {2}outcome +-$/m);
    expect(shown).toMatch(/^ {2}now +\+\d/m);
    await forge.must(["kill", "slow"]);
  });
});

test("ps --json and explain tell the last outcome", async () => {
  const listed = await forge.json(["ps"]);
  const of = (name: string) => listed.find((loop: { name: string }) => loop.name === name);
  expect(of("well").last_outcome).toBe("ok");
  expect(of("limited").last_outcome).toBe("rate_limited");
  expect(of("foreign")).not.toHaveProperty("last_outcome");
  expect(await forge.must(["explain", "limited"])).toMatch(/^Last run: .*\brate_limited\b/m);
  expect((await forge.json(["explain", "limited"])).last_run).toMatchObject({ outcome: "rate_limited" });
});
