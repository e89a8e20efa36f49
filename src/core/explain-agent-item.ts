import type { AgentQueueItem } from "./agent-queue.ts";
import { CONTENT_LENGTH, cutText } from "./cut-text.ts";
import type { AgentExplanation } from "./explain-agent.ts";
import { isJsonObject, jsonOrText, omitEmpty, readText } from "./json.ts";
import { formatTime } from "./time.ts";

/** A queue item of an agent, and what keeps it from being delivered. */
export interface AgentItemExplanation {
  readonly item: AgentQueueItem;
  readonly agent: AgentExplanation;
  readonly blockReasons: readonly string[];
  readonly suggestions: readonly string[];
  readonly content: string | undefined;
  readonly condition: { readonly type: string; readonly expression: string | undefined } | undefined;
}

/** `ahead`: how many items wait before it. */
export function explainAgentItem(
  item: AgentQueueItem,
  agent: AgentExplanation,
  ahead: number,
): AgentItemExplanation {
  const payload = jsonOrText(item.payloadJson);
  const read = (key: string) => (isJsonObject(payload) ? readText(payload[key]) : undefined);
  const type = read("condition_type");
  const words = read("text") ?? read("message");
  const waits = item.status === "pending";
  return {
    item,
    agent,
    blockReasons: waits ? [...agent.blockReasons, ...(ahead > 0 ? [`${ahead} item(s) before it`] : [])] : [],
    suggestions: waits ? agent.suggestions : [],
    content: words && cutText(words, CONTENT_LENGTH),
    condition: type === undefined ? undefined : { type, expression: read("expression") },
  };
}

/** The explanation as it is printed. */
export const agentItemExplanationJson = (explanation: AgentItemExplanation) => {
  const { item, agent, blockReasons, suggestions, content, condition } = explanation;
  return {
    item_id: item.id,
    agent_id: item.agentId,
    type: item.type,
    status: item.status,
    position: item.position,
    is_blocked: blockReasons.length > 0,
    block_reasons: omitEmpty(blockReasons),
    suggestions: omitEmpty(suggestions),
    agent_state: agent.facts.state,
    created_at: formatTime(item.createdAt),
    content,
    condition: condition && { condition_type: condition.type, expression: condition.expression },
  };
};
