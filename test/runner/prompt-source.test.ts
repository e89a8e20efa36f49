import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { basePrompt, judgePrompt, overridePrompt } from "../../src/runner/prompt-source.ts";
import type { LoopDraft } from "../../src/store/loops.ts";
import { errorOf } from "../support/error-of.ts";
import { LoopWorld } from "./loop-world.ts";

let world: LoopWorld;
beforeEach(async () => {
  world = await LoopWorld.make();
  world.file("own.md", "own file");
  world.file(".forge/prompts/default.md", "registered default");
  world.file(".forge/prompts/nightly.md", "nightly");
});
afterEach(() => world[Symbol.asyncDispose]());

const base = (draft: Partial<LoopDraft> = {}) => basePrompt(world.loop(draft));

test("a stored text wins over a stored path, and has no path", () => {
  expect(base({ basePromptMsg: "text", basePromptPath: "own.md" })).toEqual({ source: "base", text: "text" });
});

test("a stored path may be relative to the repository", () => {
  const expected = { source: "base", text: "own file", path: join(world.repo, "own.md") } as const;
  expect(base({ basePromptPath: "own.md", basePromptMsg: "  " })).toEqual(expected);
  expect(base({ name: "beta", basePromptPath: join(world.repo, "own.md") })).toEqual(expected);
});

test("PROMPT.md comes before the registered default", () => {
  expect(base()).toMatchObject({ text: "base prompt\n", path: join(world.repo, "PROMPT.md") });
  rmSync(join(world.repo, "PROMPT.md"));
  expect(base({ name: "beta" })).toMatchObject({ text: "registered default" });
});

test.each([
  ["nightly", "nightly"],
  ["own.md", "own file"],
  ["PROMPT.md", "base prompt\n"],
])("default_prompt %s of the repository comes before PROMPT.md, which it may also name", (value, text) => {
  world.file(".forge/forge.yaml", `default_prompt: ${value}\n`);
  expect(base()).toMatchObject({ text });
});

test("PROMPT.md as default_prompt counts as not set", () => {
  world.file(".forge/forge.yaml", "default_prompt: PROMPT.md\n");
  rmSync(join(world.repo, "PROMPT.md"));
  expect(base()).toMatchObject({ text: "registered default" });
});

test("a default_prompt that resolves to nothing is an error", () => {
  world.file(".forge/forge.yaml", "default_prompt: missing\n");
  expect(errorOf(base).message).toBe("prompt not found: missing");
});

test("a file that is missing or cannot be read is named", () => {
  mkdirSync(join(world.repo, "folder"));
  const missing = join(world.repo, "missing.md");
  expect(errorOf(() => base({ basePromptPath: "missing.md" })).message).toBe(
    `open ${missing}: no such file or directory`,
  );
  expect(errorOf(() => base({ name: "beta", basePromptPath: "folder" })).message).toBe(
    `open ${join(world.repo, "folder")}: is a directory`,
  );
});

test("an override is a text or a file, and does not need the base prompt", () => {
  const override = (prompt: string, isPath: boolean) => overridePrompt(world.repo, { prompt, isPath });
  expect(override("do this", false)).toEqual({ source: "override", text: "do this" });
  expect(override("own.md", true)).toMatchObject({ source: "override", text: "own file" });
  expect(errorOf(() => override(" ", false)).message).toBe("override prompt is empty");
});

test("a judge's prompt is a text or a file", () => {
  expect(judgePrompt(world.repo, "done?", false)).toEqual({ source: "qual_stop", text: "done?" });
  expect(judgePrompt(world.repo, "own.md", true)).toMatchObject({ source: "qual_stop", text: "own file" });
});
