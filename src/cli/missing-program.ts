import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { shellAssignment, shellWords } from "../core/shell-words.ts";
import type { World } from "../core/world.ts";
import { isKnownToLoginShell } from "../process/login-shell.ts";

/** The program that a command template starts; empty for a blank one. */
export const programOf = (commandTemplate: string): string =>
  shellWords(commandTemplate).find((part) => part !== "env" && !shellAssignment(part)) ?? "";

/** Why the shell that starts runs does not find a program, and what to do; undefined where it does. */
export function missingProgram(program: string, env: World["env"]): string | undefined {
  if (isAbsolute(program) ? existsSync(program) : isKnownToLoginShell(program, env)) return undefined;
  const path = isAbsolute(program) ? null : Bun.which(program, { PATH: env.PATH ?? "" });
  return path === null
    ? `command not found: ${program}`
    : `${path} is not on the PATH of a login shell (bash -l), which starts runs: add its folder in ~/.profile`;
}
