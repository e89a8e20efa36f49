import type { AgentQueueItemId } from "../core/ids.ts";
import { type AgentQueueDraft, appendAgentItems } from "../store/agent-queue.ts";
import { currentAgent, type LabelledAgent } from "./current-place.ts";
import type { Invocation } from "./invocation.ts";
import { openStore } from "./store-access.ts";

/** Puts items behind all others of the agent that is meant: all or none. Throws as `currentAgent`. */
export function queueForAgent(
  invocation: Pick<Invocation, "config" | "world" | "out">,
  reference: string | undefined,
  items: readonly AgentQueueDraft[],
): LabelledAgent & { itemIds: AgentQueueItemId[] } {
  const db = openStore(invocation, "read");
  const meant = currentAgent(invocation, db, reference);
  return { ...meant, itemIds: appendAgentItems(db, meant.agent.id, items, invocation.world.now()) };
}
