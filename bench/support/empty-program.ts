import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileFlags } from "../../scripts/compile-flags.mjs";

/**
 * Compiles a program that does nothing, by the flags of dist/forge, into a folder and returns its path: what any program
 * on this runtime pays before its first line.
 */
export function compileEmptyProgram(folder: string): string {
  const source = join(folder, "empty.ts");
  const executable = join(folder, "empty");
  writeFileSync(source, "export {};\n");
  const build = Bun.spawnSync([process.execPath, ...compileFlags, source, "--outfile", executable], {
    cwd: folder,
  });
  if (build.exitCode !== 0) throw new Error(`the empty program cannot be compiled: ${build.stderr}`);
  return executable;
}
