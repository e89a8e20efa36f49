import { statSync } from "node:fs";
import { readRepoConfig } from "../config/repo-config.ts";
import { toForgeError } from "../core/errors.ts";
import type { Loop } from "../core/loop.ts";
import { findOutcome } from "../store/run-outcomes.ts";
import type { SettledRun } from "./active-run.ts";
import { gitSummary } from "./git-summary.ts";
import { appendToLedger, isInLedger } from "./ledger.ts";
import type { Session } from "./session.ts";

/** Appends the entry of a run to the ledger. A ledger that cannot be written does not stop the loop. */
export async function recordInLedger(session: Session, run: SettledRun): Promise<void> {
  const { row, profile, loop } = run;
  // A crash may have come between the entry and the note that it is written.
  if (run.isLeftover && (await isInLedger(session.ledgerPath, row.id))) return;
  const outcome = findOutcome(session.deps.db, row.id);
  const record = {
    loopName: loop.name,
    run: row,
    profile,
    outcome,
    verdict: run.verdict,
    durationMs: outcome?.durationMs,
    gitSummary: await summaryOf(session, loop),
  };
  try {
    appendToLedger(session.ledgerPath, loop, record, session.now());
  } catch (thrown) {
    session.log.line(`ledger append failed: ${toForgeError(thrown).message}`);
  }
  session.deps.faultPoint("after-ledger");
}

async function summaryOf(session: Session, { id, repoPath }: Loop): Promise<string> {
  const { gitStatus, gitDiffStat } = readRepoConfig(repoPath).ledger;
  if (!gitStatus && !gitDiffStat) return "";
  if (!statSync(repoPath, { throwIfNoEntry: false })?.isDirectory()) return "";
  return gitSummary(repoPath, { status: gitStatus, diffStat: gitDiffStat }, session.deps.environmentOf(id));
}
