import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPO_FOLDERS, repoConfigPath, repoFolder } from "../config/paths.ts";
import { replaceFile } from "../config/replace-file.ts";
import { operationFailed } from "../core/errors.ts";
import { systemErrorCode, systemReason } from "../core/system-error.ts";

export interface ScaffoldRequest {
  /** Absolute. */
  readonly repo: string;
  /** Writes forge.yaml and PROMPT.md also where they exist. */
  readonly force: boolean;
  /** Absolute path of a folder whose `*.md` files become registered prompts. */
  readonly promptsFrom: string | undefined;
  readonly createPrompt: boolean;
}

/** Absolute paths, in the order in which things were done. */
export interface Scaffold {
  readonly created: readonly string[];
  readonly skipped: readonly string[];
}

const FORGE_YAML = `\
# Loop configuration of this repository. Commit this file.

# The prompt of loops that name none: a path in the repository, or the name of a prompt in .forge/prompts.
default_prompt: PROMPT.md

# What the ledger of a loop says about the repository after each run.
ledger:
  git_status: false
  git_diff_stat: false

# The command that has to succeed before an agent's "forge verdict done" stops its loop.
# verdict:
#   gate: make test
`;

const PROMPT = `\
# Prompt

Describe here what the agent is to do in each iteration, and how it can tell that it is done.
`;

const MAIL_ENTRY = ".fmail/";

/** Makes what a repository needs for loops (spec/30 section 3). Throws `failed to ...`. */
export function makeScaffold({ repo, force, promptsFrom, createPrompt }: ScaffoldRequest): Scaffold {
  // Read first, so that a wrong folder is told before anything is made.
  const prompts = promptsFrom === undefined ? [] : readPrompts(promptsFrom);
  const created: string[] = [];
  const skipped: string[] = [];
  const record = (path: string, wasWritten: boolean) => (wasWritten ? created : skipped).push(path);

  for (const folder of REPO_FOLDERS) {
    const path = repoFolder(repo, folder);
    making(path, () => mkdirSync(path, { recursive: true, mode: 0o755 }));
    created.push(path);
  }
  const config = repoConfigPath(repo);
  record(config, writeFile(config, FORGE_YAML, force));
  for (const { name, content } of prompts) {
    const path = join(repoFolder(repo, "prompts"), name);
    making(path, () => replaceFile(path, content, 0o644));
    created.push(path);
  }
  const gitignore = join(repo, ".gitignore");
  if (making(gitignore, () => ensureLine(gitignore, MAIL_ENTRY)))
    created.push(`${gitignore} (${MAIL_ENTRY} entry)`);
  if (createPrompt) {
    const prompt = join(repo, "PROMPT.md");
    record(prompt, writeFile(prompt, PROMPT, force));
  }
  return { created, skipped };
}

function readPrompts(folder: string): { name: string; content: Uint8Array }[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
      .map(({ name }) => ({ name, content: readFileSync(join(folder, name)) }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (thrown) {
    const message = `failed to read prompts directory: ${folder}: ${systemReason(thrown)}`;
    throw operationFailed(message, { cause: thrown });
  }
}

/** Whether the file was written: a file that exists is replaced only by force. */
function writeFile(path: string, content: string, force: boolean): boolean {
  return making(path, () => {
    if (force) {
      replaceFile(path, content, 0o644);
      return true;
    }
    try {
      writeFileSync(path, content, { flag: "wx", mode: 0o644 });
      return true;
    } catch (thrown) {
      if (systemErrorCode(thrown) === "EEXIST") return false;
      throw thrown;
    }
  });
}

/** Appends a line to a file that lacks it. Whether it did. */
function ensureLine(path: string, line: string): boolean {
  const text = readIfThere(path);
  if (text.split("\n").some((present) => present.replace(/\r$/, "") === line)) return false;
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  appendFileSync(path, `${separator}${line}\n`);
  return true;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (systemErrorCode(thrown) === "ENOENT") return "";
    throw thrown;
  }
}

function making<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (thrown) {
    throw operationFailed(`failed to create ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}
