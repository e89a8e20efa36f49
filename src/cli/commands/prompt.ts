import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  addPrompt,
  DEFAULT_PROMPT,
  getPrompt,
  listPrompts,
  readPromptText,
  removePrompt,
} from "../../config/registered-prompts.ts";
import { readRepoConfig } from "../../config/repo-config.ts";
import { confirmDestructive } from "../../console/confirm.ts";
import { printable } from "../../console/printable.ts";
import { parsePromptName } from "../../core/prompt-name.ts";
import { skipsConfirmation } from "../globals.ts";
import type { Invocation, Run } from "../invocation.ts";

type NoFlags = Record<never, never>;

/** The prompt that the command names. Throws `invalid prompt name ...` and `prompt not found: <name>`. */
const promptOf = ({ args: [word = ""], world }: Pick<Invocation, "args" | "world">) =>
  getPrompt(world.cwd, parsePromptName(word));

export const ls: Run<NoFlags> = ({ world, out }) => {
  const names = listPrompts(world.cwd).map(({ name }) => name);
  if (out.isJson) out.jsonList(names);
  else out.line(names.length === 0 ? "No prompts found" : names.map(printable).join("\n"));
};

export const add: Run<NoFlags> = ({ args: [word = "", source = ""], world, out }) => {
  const name = parsePromptName(word);
  const path = addPrompt(world.cwd, name, resolve(world.cwd, source));
  out.done(`Prompt "${printable(name)}" added`, { path, prompt: name });
};

export const show: Run<NoFlags> = (invocation) => {
  const { out } = invocation;
  const prompt = promptOf(invocation);
  const content = readPromptText(prompt);
  const { name, shownPath } = prompt;
  if (out.isJson) return out.json({ content, name, path: shownPath });
  out.write(`Prompt: ${printable(name)}\nPath: ${printable(shownPath)}\n\n${content}`);
  if (!content.endsWith("\n")) out.write("\n");
};

export const setDefault: Run<NoFlags> = (invocation) => {
  const { world, out } = invocation;
  const { name, path } = promptOf(invocation);
  addPrompt(world.cwd, DEFAULT_PROMPT, path);
  out.done(`Default prompt set to "${printable(name)}"`, { default_prompt: name });
  const stronger = strongerThanDefault(world.cwd);
  if (stronger && !out.isJson && !out.quiet)
    out.note(`note: ${stronger} comes first; loops that name no prompt go on with it`);
};

/** What loops take before `.forge/prompts/default.md`, if there is any such thing (spec/10 section 6.2). */
function strongerThanDefault(repo: string): string | undefined {
  const { defaultPrompt } = readRepoConfig(repo);
  if (defaultPrompt === DEFAULT_PROMPT) return undefined;
  if (defaultPrompt !== "PROMPT.md")
    return `default_prompt of .forge/forge.yaml (${printable(defaultPrompt)})`;
  return existsSync(join(repo, "PROMPT.md")) ? "PROMPT.md" : undefined;
}

export const rm: Run<NoFlags> = (invocation) => {
  const { global, world, out } = invocation;
  const prompt = promptOf(invocation);
  const action = {
    verb: "delete" as const,
    resource: `prompt: ${printable(prompt.name)}`,
    impact: `This will remove ${printable(prompt.shownPath)}.`,
  };
  if (!skipsConfirmation(global, world) && !confirmDestructive(out, action)) return;
  removePrompt(prompt);
  out.done(`Prompt "${printable(prompt.name)}" removed`, { deleted: true, prompt: prompt.name });
};
