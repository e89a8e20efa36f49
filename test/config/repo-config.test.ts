import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readRepoConfig } from "../../src/config/repo-config.ts";
import { ConfigHome } from "./config-home.ts";

const DEFAULTS = {
  defaultPrompt: "PROMPT.md",
  ledger: { gitStatus: false, gitDiffStat: false },
  verdict: { gate: "" },
  fmail: { inject: "dm" as const },
};

function read(yaml: string) {
  using home = new ConfigHome();
  home.write("repo/.forge/forge.yaml", yaml);
  return readRepoConfig(home.repo);
}

test("a repository without a file has the defaults", () => {
  using home = new ConfigHome();
  expect(readRepoConfig(home.repo)).toEqual({ ...DEFAULTS, problems: [] });
});

test("every key is read (spec/30 section 2.5)", () => {
  const config = read(`
default_prompt: docs/task.md
ledger: {git_status: true, git_diff_stat: true}
verdict: {gate: make test}
fmail: {inject: all}
`);
  expect(config).toEqual({
    defaultPrompt: "docs/task.md",
    ledger: { gitStatus: true, gitDiffStat: true },
    verdict: { gate: "make test" },
    fmail: { inject: "all" },
    problems: [],
  });
});

test("the file that forge init of other implementations wrote is read", () => {
  const config = read(
    "# committed\n\ndefault_prompt: PROMPT.md\n\nledger:\n  git_status: false\n  git_diff_stat: false\n",
  );
  expect(config).toMatchObject({ ...DEFAULTS, problems: [] });
});

test.each([
  ["default_prompt: [\n", /parse|token/i],
  ["- a\n", "not a map of keys"],
  ["ledger: true\n", "ledger must be a map"],
  ["ledger: {git_status: maybe}\n", "ledger.git_status must be true or false"],
  ["default_prompt: 7\n", "default_prompt must be a text"],
  ["fmail: {inject: everything}\n", "fmail.inject must be one of none, dm, all"],
])("%j counts as not set and is told as a problem", (yaml, problem) => {
  const { problems, ...config } = read(yaml);
  expect(config).toMatchObject(DEFAULTS);
  expect(problems).toEqual([expect.stringMatching(problem)]);
});

test("a wrong value leaves the others in force", () => {
  expect(read("default_prompt: x.md\nledger: {git_status: 1, git_diff_stat: true}\n")).toMatchObject({
    defaultPrompt: "x.md",
    ledger: { gitStatus: false, gitDiffStat: true },
  });
});

test("keys without a value, and a blank prompt, are not set", () => {
  expect(read("default_prompt: ' '\nledger:\nverdict: {gate: }\n")).toMatchObject({
    ...DEFAULTS,
    problems: [],
  });
});

test("a folder in the place of the file counts as not set", () => {
  using home = new ConfigHome();
  mkdirSync(join(home.repo, ".forge/forge.yaml"), { recursive: true });
  expect(readRepoConfig(home.repo)).toMatchObject({ defaultPrompt: "PROMPT.md" });
});
