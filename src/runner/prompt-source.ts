import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { registeredPromptPath } from "../config/paths.ts";
import { resolvePrompt } from "../config/prompt-reference.ts";
import { readRepoConfig } from "../config/repo-config.ts";
import { ForgeError, invalid } from "../core/errors.ts";
import type { Loop } from "../core/loop.ts";
import type { PromptSource } from "../core/run.ts";
import { isBlank } from "../core/validation.ts";
import type { PromptOverride } from "./queue-plan.ts";

/** The prompt of a run before anything is added to it. */
export interface ResolvedPrompt {
  readonly source: PromptSource;
  readonly text: string;
  /** The absolute path of its file; undefined for a text that stands in the loop's row or queue. */
  readonly path?: string | undefined;
  /** The session that it goes on with; undefined for a new one. */
  readonly sessionId?: string | undefined;
}

/** What `forge init` writes: it counts as not set. */
const USUAL_PROMPT = "PROMPT.md";

/** Throws `override prompt is empty` and what reading the file says. */
export function overridePrompt(repoPath: string, { prompt, isPath }: PromptOverride): ResolvedPrompt {
  if (isBlank(prompt)) throw invalid("override prompt is empty");
  return namedPrompt("override", repoPath, prompt, isPath);
}

/** The question that a judge is asked. Throws what reading the file says. */
export const judgePrompt = (repoPath: string, prompt: string, isPath: boolean): ResolvedPrompt =>
  namedPrompt("qual_stop", repoPath, prompt, isPath);

/**
 * The loop's own prompt, the first that is there of spec/10 section 6.2. Files are read anew each time. Throws
 * `open <path>: no such file or directory` and `prompt not found: <default prompt>`.
 */
export function basePrompt(loop: Loop): ResolvedPrompt {
  const { repoPath, basePromptMsg, basePromptPath } = loop;
  if (basePromptMsg !== undefined && !isBlank(basePromptMsg)) return { source: "base", text: basePromptMsg };
  return fromFile("base", basePromptFile(repoPath, basePromptPath));
}

function basePromptFile(repoPath: string, stored: string | undefined): string {
  if (stored) return inRepo(repoPath, stored);
  const { defaultPrompt } = readRepoConfig(repoPath);
  if (defaultPrompt !== "" && defaultPrompt !== USUAL_PROMPT) return resolvePrompt(repoPath, defaultPrompt);
  const usual = join(repoPath, USUAL_PROMPT);
  return existsSync(usual) ? usual : registeredPromptPath(repoPath, "default");
}

const namedPrompt = (
  source: PromptSource,
  repoPath: string,
  prompt: string,
  isPath: boolean,
): ResolvedPrompt => (isPath ? fromFile(source, inRepo(repoPath, prompt)) : { source, text: prompt });

const fromFile = (source: PromptSource, path: string): ResolvedPrompt => ({
  source,
  text: readPrompt(path),
  path,
});

const inRepo = (repoPath: string, path: string): string => (isAbsolute(path) ? path : join(repoPath, path));

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  ENOTDIR: "not a directory",
  EACCES: "permission denied",
  EISDIR: "is a directory",
};

function readPrompt(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    const { code = "", message } = thrown as NodeJS.ErrnoException;
    throw new ForgeError("unknown", `open ${path}: ${REASONS[code] ?? message}`, { cause: thrown });
  }
}
