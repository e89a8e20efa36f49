import { type ToldVerdict, verdictText } from "../core/agent-verdict.ts";
import type { Milliseconds } from "../core/duration.ts";
import type { Loop } from "../core/loop.ts";
import { type OutcomeDraft, outcomeText, toDollars } from "../core/outcome.ts";
import type { Profile } from "../core/profile.ts";
import { type LoopRun, runKind } from "../core/run.ts";
import { formatTime, type Instant } from "../core/time.ts";
import { isBlank } from "../core/validation.ts";
import { TAIL_LINES } from "../process/tail.ts";
import { fenced } from "./fence.ts";

/** The beginning of a loop's ledger (spec/10 section 8.3). */
export const ledgerHead = (loop: Pick<Loop, "id" | "name" | "repoPath">, now: Instant): string =>
  `---
loop_id: ${loop.id}
loop_name: ${oneLine(loop.name)}
repo_path: ${loop.repoPath}
created_at: ${formatTime(now)}
---

# Loop Ledger: ${oneLine(loop.name)}

`;

export interface LedgerRecord {
  readonly loopName: string;
  readonly run: LoopRun;
  readonly profile: Pick<Profile, "name" | "harness" | "authKind">;
  /** Undefined for runs of which nothing is known but their end. */
  readonly outcome?: OutcomeDraft | undefined;
  readonly verdict?: ToldVerdict | undefined;
  readonly durationMs?: Milliseconds | undefined;
  /** Empty when there is nothing to say. */
  readonly gitSummary: string;
}

/** The entry of one run; ends with a blank line. */
export function ledgerEntry(record: LedgerRecord, now: Instant): string {
  const { loopName, run, profile, gitSummary } = record;
  const fields: Field[] = [
    ["run_id", run.id],
    ["loop_name", loopName],
    ["status", run.status],
    ["profile", profile.name],
    ["harness", profile.harness || undefined],
    ["auth_kind", profile.authKind || undefined],
    ["prompt_source", run.promptSource],
    ["prompt_path", run.promptPath],
    ["prompt_override", run.promptOverride],
    ["started_at", formatTime(run.startedAt)],
    ["finished_at", formatTime(run.finishedAt ?? now)],
    ["exit_code", run.exitCode],
    ...outcomeFields(record),
  ];
  const lines = fields
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `- ${name}: ${oneLine(value)}\n`);
  return `## ${formatTime(now)}\n\n${lines.join("")}\n${outputBlock(run.outputTail ?? "")}${gitBlock(gitSummary)}`;
}

type Field = readonly [name: string, value: string | number | boolean | undefined];

/** Names and figures come from agents too: none may begin a line of its own. */
const oneLine = (value: Field[1]): string => String(value).replaceAll(/\p{Cc}+/gu, " ");

/** What Forge adds to the entries of other implementations (spec/15 section 11). */
function outcomeFields({ run, outcome, verdict, durationMs }: LedgerRecord): Field[] {
  if (outcome === undefined) return [];
  const { tokens, costMicros, costSource } = outcome;
  const estimate = costSource === "priced" ? " (estimate)" : "";
  return [
    ["kind", runKind(run)],
    ["outcome", outcomeText(outcome)],
    ["model", outcome.model],
    ["tokens", tokens && `${tokens.input} in, ${tokens.output} out`],
    ["cost_usd", costMicros === undefined ? undefined : `${toDollars(costMicros)}${estimate}`],
    ["session_id", outcome.sessionId],
    ["verdict", verdict && verdictText(verdict)],
    ["duration_ms", durationMs],
  ];
}

/** The line by which an entry of a run is found. */
export const runIdLine = (runId: string): string => `- run_id: ${runId}\n`;

function outputBlock(tail: string): string {
  const output = tail.split("\n").slice(-TAIL_LINES).join("\n").trim();
  return output === "" ? "" : `${fenced(output)}\n`;
}

const gitBlock = (summary: string): string =>
  isBlank(summary) ? "" : `### Git Summary\n\n${fenced(summary)}\n`;
