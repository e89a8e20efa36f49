import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { readTail } from "../../process/tail.ts";
import type { SettledRun } from "../active-run.ts";
import type { Session } from "../session.ts";
import { startInRepo, untilEnded } from "./stop-command.ts";

export interface GateResult {
  /** -1 when a signal ended the command, it took too long, or it could not be started. */
  readonly exitCode: number;
  /** The end of what it has printed. */
  readonly tail: string;
}

const TIMEOUT_SECONDS = 10 * 60;
/** Characters of its output that the next run is told: a prompt that is given by the environment holds 128 KiB. */
const LONGEST_TAIL = 16 * 1024;

/**
 * Asks the command that decides whether the work is done. Its output goes to a file beside that of the run: it may be large.
 * Undefined when it was cut short, because the loop was killed or the runner is to end.
 */
export async function runGate(
  session: Session,
  command: string,
  { folder, loop }: SettledRun,
): Promise<GateResult | undefined> {
  const path = join(folder.path, "gate");
  let exitCode: number | undefined;
  try {
    exitCode = await run(session, command, loop.repoPath, path);
  } catch (thrown) {
    return { exitCode: -1, tail: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  return exitCode === undefined ? undefined : { exitCode, tail: endOf(await readTail(path)) };
}

const endOf = (text: string): string =>
  text.length <= LONGEST_TAIL ? text : `...${text.slice(-LONGEST_TAIL).toWellFormed()}`;

async function run(
  session: Session,
  command: string,
  repoPath: string,
  outputPath: string,
): Promise<number | undefined> {
  const output = openSync(outputPath, "w", 0o600);
  try {
    const child = startInRepo(session, command, repoPath, output);
    return (await untilEnded(session, child, TIMEOUT_SECONDS))?.exitCode;
  } finally {
    closeSync(output);
  }
}
