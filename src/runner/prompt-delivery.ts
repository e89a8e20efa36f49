import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ForgeError, invalid } from "../core/errors.ts";
import type { PromptMode } from "../core/profile.ts";
import { PROMPT_VARIABLE } from "../harness/environment.ts";

/** How the harness of one run gets its prompt. */
export interface PromptDelivery {
  /** The value of a variable. */
  readonly variable?: string | undefined;
  /** Given on standard input. */
  readonly stdin?: string | undefined;
  /** The file that stands for `{prompt}`. */
  readonly path?: string | undefined;
}

/** Linux gives one string of an environment so much room, its end included. */
const LONGEST_VARIABLE_BYTES = 128 * 1024;

/** Throws `unknown prompt mode "<mode>"` and `prompt too large for env mode ...`. */
export function promptDelivery(mode: PromptMode, text: string, path: string | undefined): PromptDelivery {
  // Rows of other implementations may hold any text.
  const stored: string = mode;
  switch (stored) {
    case "":
    case "env":
      checkVariable(text);
      return { variable: text };
    case "stdin":
      return { stdin: text };
    case "path":
      return { path };
    default:
      throw invalid(`unknown prompt mode "${stored}"`);
  }
}

function checkVariable(text: string): void {
  const bytes = Buffer.byteLength(text);
  if (PROMPT_VARIABLE.length + 1 + bytes + 1 > LONGEST_VARIABLE_BYTES)
    throw new ForgeError("unknown", `prompt too large for env mode (${bytes} bytes); use stdin or path`);
  if (text.includes("\0")) throw invalid("the prompt contains a NUL byte; use stdin or path");
}

/** Writes the composed text for a harness that is given a path. */
export function renderPrompt(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o644 });
}
