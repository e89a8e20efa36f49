import { statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { invalid, notFound } from "../core/errors.ts";

/**
 * The absolute path of the prompt that `reference` names in a repository: an existing file (absolute, or relative to the
 * repository), else a registered prompt `.forge/prompts/<reference>.md` (spec/20 section 6.1). Throws
 * `prompt is required` or `prompt not found: <reference>`.
 */
export function resolvePrompt(repoPath: string, reference: string): string {
  if (reference.trim() === "") throw invalid("prompt is required");
  const direct = isAbsolute(reference) ? reference : join(repoPath, reference);
  if (isFile(direct)) return direct;
  const registered = join(
    repoPath,
    ".forge",
    "prompts",
    reference.endsWith(".md") ? reference : `${reference}.md`,
  );
  if (isFile(registered)) return registered;
  throw notFound(`prompt not found: ${reference}`);
}

/** Anything that can be read as a file; a pipe is one, a folder is not. */
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
