import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRepoConfig } from "../../src/config/repo-config.ts";
import { Forge } from "../support/forge.ts";

const FOLDERS = ["prompts", "templates", "sequences", "workflows", "ledgers"];

const read = (forge: Forge, name: string) => readFileSync(join(forge.repo, name), "utf8");
const write = (forge: Forge, name: string, text: string) => writeFileSync(join(forge.repo, name), text);

describe("30 section 3: forge init", () => {
  test("a fresh directory gets the scaffold, told in the order of its making", async () => {
    await using forge = new Forge();
    const { code, stdout, stderr } = await forge.run(["init"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n")).toEqual([
      `Initialized Forge scaffolding in ${forge.repo}`,
      "Created:",
      ...FOLDERS.map((name) => `  - ${forge.repo}/.forge/${name}`),
      `  - ${forge.repo}/.forge/forge.yaml`,
      `  - ${forge.repo}/.gitignore (.fmail/ entry)`,
      `  - ${forge.repo}/PROMPT.md`,
      "",
    ]);
    expect(read(forge, ".gitignore")).toBe(".fmail/\n");
    expect(read(forge, "PROMPT.md")).toMatch(/^# Prompt\n\n.+\n$/);
    expect(read(forge, ".forge/forge.yaml")).toMatch(/^#/);
    expect(readRepoConfig(forge.repo)).toMatchObject({
      defaultPrompt: "PROMPT.md",
      ledger: { gitStatus: false, gitDiffStat: false },
      problems: [],
    });
  });

  test("it needs neither a configuration nor a database, and makes none", async () => {
    await using forge = new Forge();
    await forge.must(["init"], { env: { FORGE_CONFIG: "/nonexistent.yaml" } });
    expect([forge.dataDir, forge.configDir].map((path) => existsSync(path))).toEqual([false, false]);
  });

  test("init twice lists directories as created, files as skipped, and keeps edits", async () => {
    await using forge = new Forge();
    await forge.must(["init"]);
    write(forge, "PROMPT.md", "mine\n");
    write(forge, ".forge/forge.yaml", "default_prompt: other.md\n");
    expect(JSON.parse(await forge.must(["init", "--json"]))).toEqual({
      repo_path: forge.repo,
      created: FOLDERS.map((name) => join(forge.repo, ".forge", name)),
      skipped: [join(forge.repo, ".forge/forge.yaml"), join(forge.repo, "PROMPT.md")],
    });
    expect([read(forge, "PROMPT.md"), read(forge, ".forge/forge.yaml")]).toEqual([
      "mine\n",
      "default_prompt: other.md\n",
    ]);
  });

  test("--force writes both files anew", async () => {
    await using forge = new Forge();
    write(forge, "PROMPT.md", "mine\n");
    const { created, skipped } = JSON.parse(await forge.must(["init", "-f", "--jsonl"]));
    expect(created).toContain(join(forge.repo, "PROMPT.md"));
    expect(skipped).toEqual([]);
    expect(read(forge, "PROMPT.md")).toMatch(/^# Prompt/);
  });

  test("--no-create-prompt makes no PROMPT.md, and --quiet says nothing", async () => {
    await using forge = new Forge();
    expect(await forge.must(["init", "--no-create-prompt", "--quiet"])).toBe("");
    expect(existsSync(join(forge.repo, "PROMPT.md"))).toBe(false);
  });

  test("--prompts-from copies the markdown files of a directory over the registered ones", async () => {
    await using forge = new Forge();
    await forge.must(["init"]);
    write(forge, ".forge/prompts/a.md", "old");
    mkdirSync(join(forge.repo, "mine/nested.md"), { recursive: true });
    for (const name of ["a.md", "b.md", "c.txt", "nested.md/d.md"]) write(forge, `mine/${name}`, name);
    const { created } = JSON.parse(await forge.must(["init", "--prompts-from", "mine", "--json"]));
    expect(created.slice(FOLDERS.length)).toEqual(
      ["a.md", "b.md"].map((name) => join(forge.repo, ".forge/prompts", name)),
    );
    expect(read(forge, ".forge/prompts/a.md")).toBe("a.md");
  });

  const ignores: [row: string, before: string, after: string][] = [
    ["an entry without a final newline", "node_modules\n.fmail/", "node_modules\n.fmail/"],
    ["an entry in a file with CRLF lines", "dist\r\n.fmail/\r\n", "dist\r\n.fmail/\r\n"],
    ["no entry and no final newline", "dist", "dist\n.fmail/\n"],
    ["a line that only holds the entry", "x.fmail/\n", "x.fmail/\n.fmail/\n"],
    ["an empty file", "", ".fmail/\n"],
  ];
  test.each(ignores)(".gitignore with %s", async (_, before, after) => {
    await using forge = new Forge();
    write(forge, ".gitignore", before);
    const { created } = JSON.parse(await forge.must(["init", "--json"]));
    expect(read(forge, ".gitignore")).toBe(after);
    const entry = `${join(forge.repo, ".gitignore")} (.fmail/ entry)`;
    expect(created.includes(entry)).toBe(before !== after);
  });

  test("-C names the directory, which need not be a git repository", async () => {
    await using forge = new Forge();
    mkdirSync(join(forge.repo, "sub"));
    await forge.must(["-C", "sub", "init", "--quiet"]);
    expect(existsSync(join(forge.repo, "sub/.forge/forge.yaml"))).toBe(true);
    expect(existsSync(join(forge.repo, ".forge"))).toBe(false);
  });
});

describe("30 edge cases: forge init", () => {
  const refused: [row: string, words: string[], code: number, message: RegExp][] = [
    ["init extra", ["init", "extra"], 1, /^unknown command "extra" for "forge init"\n$/],
    ["init --bogus", ["init", "--bogus"], 1, /^unknown flag: --bogus\n$/],
    [
      "--prompts-from <missing>",
      ["init", "--prompts-from", "none"],
      2,
      /^failed to read prompts directory: .*\/none: no such file or directory\n$/,
    ],
    ["-C <missing>", ["-C", "/nope", "init"], 2, /^failed to change directory to \/nope: no such file/],
  ];
  test.each(refused)("%s: exit and message, nothing created", async (_, words, code, message) => {
    await using forge = new Forge();
    const result = await forge.run(words);
    expect([result.code, result.stdout]).toEqual([code, ""]);
    expect(result.stderr).toMatch(message);
    expect(existsSync(join(forge.repo, ".forge"))).toBe(false);
  });

  test("a file in the place of .forge is an error that names it", async () => {
    await using forge = new Forge();
    write(forge, ".forge", "");
    const { code, stderr } = await forge.run(["init"]);
    expect([code, stderr]).toEqual([2, `failed to create ${forge.repo}/.forge/prompts: not a directory\n`]);
  });
});
