import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MADE_UP } from "../harness/made-up-streams.ts";
import { VerbsSandbox } from "./verbs-sandbox.ts";

let forge: VerbsSandbox;

beforeAll(() => {
  forge = new VerbsSandbox();
});
afterAll(() => forge[Symbol.asyncDispose]());

/** The file of a recorded stream. */
function recorded(what: string): string {
  const path = join(forge.folder, `${what.replaceAll(" ", "-")}.jsonl`);
  writeFileSync(path, MADE_UP.find((made) => made.what === what)?.output ?? "");
  return path;
}

describe("forge harness check --replay (spec/15 section 9)", () => {
  test("shows what a recorded stream tells, without running anything", async () => {
    const file = recorded("claude that ends well");
    expect(await forge.must(["harness", "check", "claude", "--replay", file])).toBe(
      `Harness:  claude
Version:  2.1.330
  [ok] terminal event: good
  [ok] session id: 5b1c0f5e-0000-4000-8000-000000000001
  [ok] usage: 900 in, 2600 out
  [ok] cost: $0.4312
  [ok] model: claude-x
  [--] tool events
  [--] limit signs
  [ok] exit code: 0
Outcome: ok (rule 10)
`,
    );
  });

  test("reads standard input and an exit code, and ends with 0 whatever the outcome", async () => {
    const output = MADE_UP.find((made) => made.what === "codex whose turn was interrupted")?.output;
    const { code, stdout } = await forge.run(
      ["harness", "check", "codex", "--replay", "-", "--exit-code", "1", "--json"],
      { stdin: String(output) },
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      harness: "codex",
      adapter: "codex",
      outcome: "crashed",
      rule: 11,
      unknown_types: [],
      unknown_fields: [],
      warnings: [],
    });
  });

  test("tells what has drifted: types that are not known, and fields that are not there", async () => {
    const file = join(forge.folder, "drifted.jsonl");
    writeFileSync(
      file,
      '{"type":"novel\\u001b[2J"}\n{"type":"result","subtype":"success","is_error":false,"num_turns":1,"mood":"good"}\n',
    );
    const shown = await forge.must(["harness", "check", "claude", "--replay", file]);
    expect(shown).toContain("  [!!] usage: without result.usage, result.modelUsage\n");
    expect(shown).toContain("Warning: unknown event types: novel\\x1b[2J\n");
    expect(shown).toContain("Warning: unknown fields: result.mood\n");
    const found = JSON.parse(await forge.must(["harness", "check", "claude", "--replay", file, "--json"]));
    expect(found.signs[0]).toEqual({ name: "terminal event", state: "ok", detail: "good" });
    expect(found.unknown_fields).toEqual(expect.arrayContaining(["result.mood", "result.total_cost_usd"]));
  });

  test.each([
    [["nosuch", "--replay", "/dev/null"], 1, /^unknown harness "nosuch"/],
    [["claude", "--replay", "/nowhere/x"], 1, /^open \/nowhere\/x: no such file or directory\n/],
    [["claude"], 1, /^profile not found/],
  ])("%p is refused", async (words, code, message) => {
    const answer = await forge.run(["harness", "check", ...words]);
    expect({ code: answer.code, stdout: answer.stdout }).toEqual({ code, stdout: "" });
    expect(answer.stderr).toMatch(message);
  });
});

describe("forge harness check <profile>", () => {
  test("runs nothing before somebody has agreed", async () => {
    forge.profile("unasked", `touch ${join(forge.folder, "ran")}`);
    const { code, stderr } = await forge.run(["harness", "check", "unasked"]);
    expect(code).toBe(1);
    expect(stderr).toContain("harness check runs a real prompt; pass --yes");
    expect(existsSync(join(forge.folder, "ran"))).toBe(false);
  });

  test("runs the command of the profile once, with its environment, in an empty repository that is gone afterwards", async () => {
    const file = recorded("claude that ends well");
    const command = `echo "$FORGE_PROMPT_CONTENT|$MINE|$PWD|$(ls -A)" >${forge.folder}/seen; cat ${file}`;
    const env = { MINE: "own", IS_SANDBOX: "1" };
    forge.profile("good", command, { harness: "claude", env });
    const found = JSON.parse(await forge.must(["harness", "check", "good", "--yes", "--json"]));
    expect(found).toMatchObject({ profile: "good", outcome: "ok", rule: 10 });
    const suggested = found.warnings.find((warning: string) => warning.startsWith("template prints no"));
    expect(suggested).toContain("suggested: claude --dangerously-skip-permissions --verbose --output-format");
    const [prompt, mine, folder = "", files] = (await Bun.file(`${forge.folder}/seen`).text())
      .trim()
      .split("|");
    expect({ prompt, mine, files }).toEqual({
      prompt: "Reply with the single word ok.",
      mine: "own",
      files: ".git",
    });
    expect(existsSync(folder)).toBe(false);
  });

  test.each([
    ["ends without a terminal event", "echo hello", "codex", [], 1],
    ["takes too long", "sleep 60", "", ["--timeout", "300ms"], 2],
    ["has no answer but a good end", "cat; true", "", [], 0],
  ])("of a profile that %s", async (_what, command, harness, flags, code) => {
    const { name } = forge.profile(`p${Bun.hash(command)}`, command, { harness, promptMode: "stdin" });
    const answer = await forge.run(["harness", "check", name, "--yes", ...flags]);
    expect(answer.code).toBe(code);
    if (code === 2) expect(answer.stderr).toMatch(/^failed to run profile .*: no end within 300ms/);
  });
});

test("forge harness ls shows the programs on the PATH with their versions, profiles and adapters", async () => {
  const bin = join(forge.folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "codex"), "#!/bin/sh\necho codex-cli 1.2.3\n");
  writeFileSync(join(bin, "amp"), "#!/bin/sh\nsleep 60\n");
  for (const name of readdirSync(bin)) chmodSync(join(bin, name), 0o755);
  const PATH = `${bin}:/usr/bin:/bin`;
  const listed = JSON.parse((await forge.run(["harness", "ls", "--json"], { env: { PATH } })).stdout);
  const of = (harness: string) => listed.find((row: { harness: string }) => row.harness === harness);
  expect(of("codex")).toMatchObject({
    binary: join(bin, "codex"),
    version: "codex-cli 1.2.3",
    adapter: "codex",
  });
  expect(of("amp")).toEqual({ harness: "amp", binary: join(bin, "amp"), profiles: 0, adapter: "generic" });
  expect(of("droid")).toEqual({ harness: "droid", profiles: 0, adapter: "droid" });
  const shown = (await forge.run(["harness", "ls"], { env: { PATH } })).stdout;
  expect(shown).toMatch(/^HARNESS +BINARY +VERSION +PROFILES +ADAPTER\n/);
  expect(shown).toMatch(/^droid +- +- +0 +droid$/m);
}, 20_000);
