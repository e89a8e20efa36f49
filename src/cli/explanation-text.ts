import { type Paint, SGR } from "../console/color.ts";
import { printable } from "../console/printable.ts";
import { fields } from "../console/table.ts";
import { shareText } from "../core/budget-use.ts";
import { type LoopExplanation, STATE_LABELS, shownItems } from "../core/explain-loop.ts";
import type { QueueItemExplanation } from "../core/explain-queue-item.ts";
import { shownShortId } from "../core/ids.ts";
import type { LoopState } from "../core/loop.ts";
import { roughDuration } from "../core/rough-duration.ts";
import { blocks, bullets, suggestionsBlock } from "./explanation-blocks.ts";

const LABEL_COLORS: Readonly<Record<LoopState, string>> = {
  sleeping: SGR.green,
  running: SGR.cyan,
  waiting: SGR.yellow,
  stopped: SGR.magenta,
  error: SGR.red,
};

const labelled = (state: LoopState, paint: Paint): string =>
  `${paint(LABEL_COLORS[state], STATE_LABELS[state])} ${state}`;

/** A loop's explanation for people (spec/20 section 20.1): blocks with a blank line between them. */
export function loopExplanationText(explanation: LoopExplanation, paint: Paint): string {
  const { loop } = explanation.facts;
  const title = `Loop ${printable(loop.name)} (${printable(shownShortId(loop.shortId, loop.id))})`;
  return blocks([
    `${title} is ${labelled(loop.state, paint)}\n`,
    fields(facts(explanation)),
    queueBlock(explanation),
    suggestionsBlock(explanation.suggestions),
  ]);
}

function facts(explanation: LoopExplanation): [label: string, value: string][] {
  const lastRun = lastRunText(explanation);
  const limits = limitsText(explanation);
  return [
    ["Why:", printable(explanation.why)],
    ["Next:", printable(explanation.next)],
    ...(lastRun === "" ? [] : [["Last run:", lastRun] as [string, string]]),
    ["Runner:", runnerText(explanation)],
    ...(limits === "" ? [] : [["Limits:", limits] as [string, string]]),
  ];
}

function lastRunText({ facts }: LoopExplanation): string {
  const { lastRun, lastRunProfile, lastOutcome, now } = facts;
  if (lastRun === undefined) return "";
  const { id, status, exitCode, startedAt, finishedAt } = lastRun;
  return [
    id.slice(0, 8),
    lastOutcome === undefined ? status : `${status}/${lastOutcome.outcome}`,
    ...(exitCode === undefined ? [] : [`exit ${exitCode}`]),
    finishedAt === undefined
      ? `for ${roughDuration(now - startedAt)}`
      : `${roughDuration(now - finishedAt)} ago`,
    ...(lastRunProfile === "" ? [] : [`profile ${printable(lastRunProfile)}`]),
  ].join(" ");
}

const VERDICT_WORDS = {
  live: "alive",
  stale: "dead",
  orphaned: "dead, its agent lives",
  unknown: "not known",
  none: "none",
} as const;

function runnerText({ facts: { owner, verdict, pid } }: LoopExplanation): string {
  if (verdict === "none") return VERDICT_WORDS.none;
  const place = owner === "daemon" ? "supervisor" : owner === "local" ? "process of its own" : "";
  const process = pid === undefined ? "" : `pid ${pid}`;
  return [printable(place), VERDICT_WORDS[verdict], process].filter((part) => part !== "").join(", ");
}

function limitsText({ facts: { loop, budgets = [] }, iterations, runtimeSeconds }: LoopExplanation): string {
  const { maxIterations, maxRuntimeSeconds } = loop;
  return [
    ...(maxIterations > 0 ? [`iterations ${iterations} of ${maxIterations}`] : []),
    ...(maxRuntimeSeconds > 0
      ? [`runtime ${roughDuration(runtimeSeconds * 1000)} of ${roughDuration(maxRuntimeSeconds * 1000)}`]
      : []),
    ...budgets.map((use) => `budget ${use.budget.id} ${shareText(use)}`),
  ].join(", ");
}

function queueBlock(explanation: LoopExplanation): string {
  const { pending, now } = explanation.facts;
  if (pending.length === 0) return "";
  const items = shownItems(explanation).map(
    ({ id, type, createdAt }) =>
      `  ${printable(id)}  ${printable(type)}  ${roughDuration(now - createdAt)} ago\n`,
  );
  return `Queue: ${pending.length} pending\n${items.join("")}`;
}

/** A queue item's explanation for people. */
export function queueItemExplanationText(explanation: QueueItemExplanation, paint: Paint): string {
  const { item, loop, blockReasons, suggestions, content } = explanation;
  const blocked = blockReasons.length > 0 ? " (BLOCKED)" : "";
  return blocks([
    `Queue item ${printable(item.id)} is ${item.status}${blocked}\n`,
    fields([
      ["Type:", printable(item.type)],
      ["Loop:", `${printable(loop.name)} is ${labelled(loop.state, paint)}`],
      ["Position:", String(item.position)],
      ...(content === undefined ? [] : [["Content:", printable(content)] as [string, string]]),
      ...(item.error === undefined ? [] : [["Error:", printable(item.error)] as [string, string]]),
    ]),
    bullets("Block Reasons:", blockReasons),
    suggestionsBlock(suggestions),
  ]);
}
