import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Instant } from "../core/time.ts";

/** The files of one run below the data directory (spec/10 section 13). */
export interface RunFolder {
  readonly path: string;
  /** Standard input of the harness, in stdin mode only. */
  readonly prompt: string;
  /** What the harness printed, standard output and error in the order of arrival. */
  readonly output: string;
  /** The raw status that the wrapper's shell saw, and a line feed. */
  readonly exit: string;
}

export const runFolder = (path: string): RunFolder => ({
  path,
  prompt: join(path, "prompt"),
  output: join(path, "output"),
  exit: join(path, "exit"),
});

/** Makes the folder, readable by its owner only. */
export function makeRunFolder(path: string): RunFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return runFolder(path);
}

export function writePromptFile(folder: RunFolder, text: string): void {
  writeFileSync(folder.prompt, text, { mode: 0o600 });
}

/** How much a harness has printed so far. */
export const outputBytes = ({ output }: RunFolder): number =>
  statSync(output, { throwIfNoEntry: false })?.size ?? 0;

/** The same, and when the last of it was printed: the time of an empty file is that of the start. */
export function printedOutput({ output }: RunFolder): { bytes: number; lastAt: Instant } | undefined {
  const stat = statSync(output, { throwIfNoEntry: false });
  return stat && { bytes: stat.size, lastAt: stat.mtimeMs };
}

/** Removes the folder with all that is in it, in another thread: a busy disk must not hold up loops. Never rejects. */
export function removeRunFolder({ path }: RunFolder): Promise<void> {
  return rm(path, { recursive: true, force: true }).catch(() => {});
}
