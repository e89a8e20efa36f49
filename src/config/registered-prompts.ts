import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { invalid, notFound, operationFailed } from "../core/errors.ts";
import { systemErrorCode, systemReason } from "../core/system-error.ts";
import { isBlank } from "../core/validation.ts";
import { registeredPromptPath, repoFolder } from "./paths.ts";
import { replaceFile } from "./replace-file.ts";

/** A prompt in `.forge/prompts` of a repository (spec/30 section 6). */
export interface RegisteredPrompt {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** From the repository, as it is shown. */
  readonly shownPath: string;
}

/** The name of the prompt that loops without one of their own fall back to. */
export const DEFAULT_PROMPT = "default";

/** By name. Empty where the folder is missing. */
export function listPrompts(repo: string): RegisteredPrompt[] {
  const folder = repoFolder(repo, "prompts");
  return filesIn(folder)
    .flatMap((file) => {
      const [, name] = /^(.+)\.md$/is.exec(file) ?? [];
      const shownPath = join(".forge", "prompts", file);
      return name === undefined ? [] : [{ name, path: join(folder, file), shownPath }];
    })
    .toSorted((a, b) => compare(a.name, b.name) || compare(b.path, a.path));
}

// By code unit: the order must not depend on the locale. Of `a.md` and `a.MD` the usual spelling comes first.
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name);
  } catch (thrown) {
    if (systemErrorCode(thrown) === "ENOENT") return [];
    throw operationFailed(`failed to read prompts directory: ${folder}: ${systemReason(thrown)}`);
  }
}

/** Throws `prompt not found: <name>`. */
export function getPrompt(repo: string, name: string): RegisteredPrompt {
  const prompt = listPrompts(repo).find((known) => known.name === name);
  if (!prompt) throw notFound(`prompt not found: ${name}`);
  return prompt;
}

export function readPromptText({ path }: RegisteredPrompt): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    throw operationFailed(`failed to read prompt: ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

/** Registers the content of a file, over what had the name. Returns the new absolute path. */
export function addPrompt(repo: string, name: string, source: string): string {
  const path = registeredPromptPath(repo, name);
  const content = readSource(source);
  try {
    replaceFile(path, content, 0o644);
  } catch (thrown) {
    throw operationFailed(`failed to write prompt: ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
  return path;
}

function readSource(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (thrown) {
    if (systemErrorCode(thrown) === "ENOENT") throw notFound(`prompt file not found: ${path}`);
    throw invalid(`invalid prompt file ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

export function removePrompt({ path }: RegisteredPrompt): void {
  try {
    rmSync(path);
  } catch (thrown) {
    throw operationFailed(`failed to remove prompt: ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

/** What is wrong with the text of a prompt. */
export const promptErrors = (text: string): string[] => (isBlank(text) ? ["content is empty"] : []);
