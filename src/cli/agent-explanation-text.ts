import { type Paint, SGR } from "../console/color.ts";
import { printable } from "../console/printable.ts";
import { fields } from "../console/table.ts";
import type { AgentState } from "../core/agent.ts";
import {
  AGENT_STATE_LABELS,
  type AgentExplanation,
  cooldownWords,
  isObserved,
} from "../core/explain-agent.ts";
import type { AgentItemExplanation } from "../core/explain-agent-item.ts";
import { blocks, bullets, suggestionsBlock } from "./explanation-blocks.ts";

const LABEL_COLORS: Readonly<Record<string, string>> = {
  OK: SGR.green,
  BUSY: SGR.cyan,
  WAIT: SGR.yellow,
  WARN: SGR.magenta,
  ERR: SGR.red,
};

function labelledAgentState(state: AgentState, paint: Paint): string {
  const label = AGENT_STATE_LABELS[state];
  return `${paint(LABEL_COLORS[label] ?? "", label)} ${state.replaceAll("_", " ")}`;
}

/** An agent's explanation for people (spec/20 section 20). */
export function agentExplanationText(explanation: AgentExplanation, paint: Paint): string {
  const { facts, isBlocked, blockReasons, suggestions } = explanation;
  const blocked = isBlocked ? " (BLOCKED)" : "";
  return blocks([
    `Agent ${printable(facts.label)} is ${labelledAgentState(facts.state, paint)}${blocked}\n`,
    fields([
      ["Type:", printable(facts.type)],
      ...(facts.reason ? [["Reason:", printable(facts.reason)] as [string, string]] : []),
      ...(facts.confidence ? [["Confidence:", printable(facts.confidence)] as [string, string]] : []),
    ]),
    bullets("Block Reasons:", blockReasons),
    `Queue Status:\n  Total items: ${facts.items.total}\n  Pending: ${facts.items.pending}\n`,
    accountBlock(explanation),
    observabilityBlock(explanation),
    suggestionsBlock(suggestions),
  ]);
}

function accountBlock(explanation: AgentExplanation): string {
  const { account } = explanation.facts;
  if (!account) return "";
  const profile = account.profileName ? `  Profile: ${printable(account.profileName)}\n` : "";
  return `Account Status:\n${profile}  Cooldown: ${cooldownWords(explanation)}\n`;
}

function observabilityBlock({ facts, staleReason }: AgentExplanation): string {
  if (!isObserved(facts)) return "";
  const { persistent, failures, lastSendToIdleMs } = facts;
  return [
    "Observability:",
    `  Persistent: ${persistent ? "yes" : "no"}`,
    `  Stale: ${staleReason === undefined ? "no" : "yes"}`,
    ...(staleReason === undefined ? [] : [`  Stale reason: ${staleReason}`]),
    `  Recent failures: ${failures.count}`,
    ...(failures.last === undefined ? [] : [`  Last failure: ${printable(failures.last)}`]),
    ...(lastSendToIdleMs === undefined ? [] : [`  Last send->idle: ${lastSendToIdleMs}ms`]),
    "",
  ].join("\n");
}

/** An agent's queue item for people. */
export function agentItemExplanationText(explanation: AgentItemExplanation, paint: Paint): string {
  const { item, agent, blockReasons, suggestions, content, condition } = explanation;
  const blocked = blockReasons.length > 0 ? " (BLOCKED)" : "";
  const when = condition && [condition.type, condition.expression ?? ""].join(" ").trim();
  return blocks([
    `Queue item ${printable(item.id)} is ${printable(item.status)}${blocked}\n`,
    fields([
      ["Type:", printable(item.type)],
      ["Agent:", `${printable(agent.facts.label)} is ${labelledAgentState(agent.facts.state, paint)}`],
      ["Position:", String(item.position)],
      ...(content === undefined ? [] : [["Content:", printable(content)] as [string, string]]),
      ...(when === undefined ? [] : [["Condition:", printable(when)] as [string, string]]),
      ...(item.error === undefined ? [] : [["Error:", printable(item.error)] as [string, string]]),
    ]),
    bullets("Block Reasons:", blockReasons),
    suggestionsBlock(suggestions),
  ]);
}
