import { printable } from "../console/printable.ts";
import { fields } from "../console/table.ts";
import { verdictText } from "../core/agent-verdict.ts";
import { evidenceJson, type OutcomeRecord, outcomeText, type TokenCounts } from "../core/outcome.ts";
import { shownHarness } from "../core/profile.ts";
import { runKind } from "../core/run.ts";
import { type RunReport, runReportJson } from "../core/run-report.ts";
import { formatTime, formatTimeMillis, type Instant } from "../core/time.ts";
import type { RunDetails } from "./read-run-details.ts";
import { costText } from "./run-table.ts";

type Row = readonly [label: string, value: string];

/** A run with all that is known of it, for people: blocks with a blank line between them (spec/15 section 8). */
export function runDetailsText(details: RunDetails, now: Instant): string {
  const { report, queueItemIds, tail } = details;
  return [
    block("Run", runRows(report)),
    block("Outcome", outcomeRows(report)),
    block("Usage", usageRows(report.outcome)),
    block("Timeline", timelineRows(details, now)),
    block("Evidence", evidenceRows(report.outcome)),
    lines("Queue items", queueItemIds.map(printable)),
    lines("Output", tail.trimEnd() === "" ? [] : tail.trimEnd().split("\n").map(printable)),
  ]
    .filter((text) => text !== "")
    .join("\n");
}

const block = (title: string, rows: readonly Row[]): string =>
  rows.length === 0 ? "" : `${title}\n${fields(rows.map(([label, value]) => [`  ${label}`, value]))}`;

const lines = (title: string, shown: readonly string[]): string =>
  shown.length === 0 ? "" : `${title}\n${shown.map((line) => `  ${line}\n`).join("")}`;

function runRows({ run, loopName, profileName, harness }: RunReport): Row[] {
  return known([
    ["id", run.id],
    ["loop", printable(loopName)],
    ["kind", runKind(run)],
    ["status", run.status],
    ["exit code", run.exitCode?.toString()],
    ["profile", profileName && printable(profileName)],
    ["harness", harness === undefined ? undefined : printable(shownHarness(harness))],
    ["prompt", run.promptPath && printable(run.promptPath)],
    ["started", formatTime(run.startedAt)],
    ["finished", run.finishedAt === undefined ? undefined : formatTime(run.finishedAt)],
  ]);
}

function outcomeRows({ outcome, verdict }: RunReport): Row[] {
  const told = verdict && printable(verdictText(verdict));
  return known([
    ["outcome", outcome === undefined ? "-" : printable(outcomeText(outcome))],
    ["reset", outcome?.resetAt === undefined ? undefined : formatTime(outcome.resetAt)],
    ["session", outcome?.sessionId && printable(outcome.sessionId)],
    ["model", outcome?.model && printable(outcome.model)],
    ["verdict", told],
  ]);
}

function usageRows(outcome: OutcomeRecord | undefined): Row[] {
  const { tokens, costMicros, turns } = outcome ?? {};
  return known([
    ...(tokens ? tokenRows(tokens) : []),
    ["cost", costMicros === undefined ? undefined : costText(outcome)],
    ["turns", turns?.toString()],
  ]);
}

const tokenRows = (tokens: TokenCounts): Row[] => [
  ["input", String(tokens.input)],
  ["output", String(tokens.output)],
  ["cache read", String(tokens.cacheRead)],
  ["cache write", String(tokens.cacheWrite)],
  ["reasoning", String(tokens.reasoning)],
];

/** Times since the start; a run that goes on has its present age as the last one. */
function timelineRows({ report: { run }, timeline }: RunDetails, now: Instant): Row[] {
  const start = timeline[0]?.at ?? run.startedAt;
  const since = (at: Instant) => `+${((at - start) / 1000).toFixed(1)}s`;
  const rows = timeline.map(({ what, at }): Row => [what, since(at)]);
  return run.status === "running" ? [...rows, ["now", since(now)]] : rows;
}

function evidenceRows(outcome: OutcomeRecord | undefined): Row[] {
  if (outcome === undefined) return [];
  const { rule, exit, http, resetSource, skippedLines, lines: seen } = outcome.evidence;
  return known([
    ["rule", String(rule)],
    ["exit status", exit?.toString()],
    ["http", http?.toString()],
    ["reset from", resetSource],
    ["skipped lines", skippedLines?.toString()],
    ...seen.map(({ offset, text }): Row => [`byte ${offset}`, printable(text)]),
  ]);
}

const known = (rows: readonly (readonly [label: string, value: string | undefined])[]): Row[] =>
  rows.flatMap(([label, value]) => (value ? [[label, value] as const] : []));

/** The same as JSON: the run object and what only `show` tells. */
export function runDetailsJson({ report, timeline, queueItemIds, outputPath }: RunDetails, now: Instant) {
  return {
    ...runReportJson(report, now),
    evidence: report.outcome && evidenceJson(report.outcome.evidence),
    timeline: timeline.map(({ what, at }) => ({ what: what.replace(" ", "_"), at: formatTimeMillis(at) })),
    queue_item_ids: queueItemIds,
    output_path: outputPath,
  };
}
