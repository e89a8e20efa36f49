import {
  listPrompts,
  promptErrors,
  type RegisteredPrompt,
  readPromptText,
} from "../../config/registered-prompts.ts";
import { printable } from "../../console/printable.ts";
import { ExitCode } from "../../console/program.ts";
import { ForgeError } from "../../core/errors.ts";
import { parsePromptName } from "../../core/prompt-name.ts";
import type { Run } from "../invocation.ts";

interface Checked {
  readonly errors: string[];
  readonly name: string;
  readonly path: string;
  readonly valid: boolean;
}

export const run: Run<Record<never, never>> = ({ args: [word], world, out }) => {
  const prompts = listPrompts(world.cwd);
  const results = word === undefined ? prompts.map(check) : [checkNamed(parsePromptName(word), prompts)];
  const valid = results.every((result) => result.valid);
  if (out.isJson) {
    out.json({ checked: results.length, results, valid });
    if (!valid) throw new ExitCode(1);
    return;
  }
  const lines = results.flatMap(({ name, errors }) => [
    `${errors.length === 0 ? "valid" : "invalid"}: ${printable(name)}`,
    ...errors.map((error) => `- ${error}`),
  ]);
  out.line(lines.length === 0 ? "No prompts found" : lines.join("\n"));
  if (!valid) throw new ForgeError("unknown", "prompt validation failed");
};

function checkNamed(name: string, prompts: readonly RegisteredPrompt[]): Checked {
  const prompt = prompts.find((known) => known.name === name);
  if (prompt) return check(prompt);
  return { errors: [`prompt not found: ${name}`], name, path: `.forge/prompts/${name}.md`, valid: false };
}

function check(prompt: RegisteredPrompt): Checked {
  const errors = promptErrors(readPromptText(prompt));
  return { errors, name: prompt.name, path: prompt.shownPath, valid: errors.length === 0 };
}
