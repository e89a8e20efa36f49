import type { World } from "../core/world.ts";
import { isKnownToLoginShell } from "../process/login-shell.ts";

/** What to do about a program that the caller's shell finds and runs would not; undefined where that is not so. */
export function missingInLoginShell(program: string, env: World["env"]): string | undefined {
  const path = Bun.which(program, { PATH: env.PATH ?? "" });
  if (path === null || isKnownToLoginShell(program, env)) return undefined;
  return `${path} is not on the PATH of a login shell (bash -l), which starts runs: add its folder in ~/.profile`;
}
