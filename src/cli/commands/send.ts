import { printable } from "../../console/printable.ts";
import { ExitCode } from "../../console/program.ts";
import { cutText } from "../../core/cut-text.ts";
import { ForgeError, invalid, toForgeError } from "../../core/errors.ts";
import {
  type AgentQueueDraft,
  type AgentQueuePlace,
  type QueuedAgentItem,
  queueAgentItem,
} from "../../store/agent-queue.ts";
import type { LabelledAgent } from "../current-place.ts";
import type { Invocation, Run } from "../invocation.ts";
import { readMessage } from "../message-source.ts";
import type { sendFlags } from "../registry/agents.ts";
import { agentsOfWorkspace, sendTarget } from "../send-target.ts";
import { openStore } from "../store-access.ts";

type SendInvocation = Invocation<typeof sendFlags>;

const PRIORITIES = ["high", "normal", "low"];
const SHOWN_LENGTH = 60;
const JSON_LENGTH = 100;

/** What became of the message for one agent. */
type Sent = LabelledAgent & ({ readonly item: QueuedAgentItem } | { readonly error: string });

export const run: Run<typeof sendFlags> = async (invocation) => {
  const { args, flags, world, out } = invocation;
  const place = placeFrom(invocation);
  tellDeprecated(invocation);
  const db = openStore(invocation, "read");
  const { agents, words } = flags.all
    ? { agents: agentsOfWorkspace(invocation, db), words: args }
    : sendTarget(invocation, db, args);
  const { file, stdin, editor } = flags;
  const message = readMessage({ words, file, stdin, editor }, world);
  const draft = draftOf(message, flags["when-idle"]);
  const sent = agents.map((to): Sent => {
    try {
      return { ...to, item: queueAgentItem(db, to.agent.id, draft, place, world.now()) };
    } catch (thrown) {
      return { ...to, error: toForgeError(thrown).message };
    }
  });
  if (world.env.FMAIL_AGENT) await mirror(invocation, sent, message);
  const isQueued = sent.some((result) => "item" in result);
  if (out.isJson)
    out.json({
      queued: isQueued,
      results: sent.map((result) => sentJson(result, draft.type)),
      message: message.slice(0, JSON_LENGTH),
    });
  else if (!out.quiet || !isQueued) out.write(sentText(invocation, sent, place, message));
  if (!isQueued) throw new ExitCode(1);
};

/** Whoever speaks as an agent is heard in the agents' mailboxes too (spec/50 section 12.1). */
async function mirror(invocation: SendInvocation, sent: readonly Sent[], message: string): Promise<void> {
  const { mirrorToAgent } = await import("../fmail-notice.ts");
  for (const result of sent) if ("item" in result) await mirrorToAgent(invocation, result.agent.id, message);
}

/** Throws what cannot be together. */
function placeFrom({ flags }: SendInvocation): AgentQueuePlace {
  const priority = flags.priority.trim().toLowerCase();
  if (!PRIORITIES.includes(priority)) throw invalid("invalid priority (use high, normal, or low)");
  const isFront = flags.front || priority === "high";
  const after = flags.after?.trim();
  if (!after) return isFront ? "front" : "end";
  if (isFront) throw new ForgeError("unknown", "--after cannot be used with --front");
  if (flags.all) throw new ForgeError("unknown", "--after cannot be used with --all");
  return { after };
}

function tellDeprecated({ given, out }: SendInvocation): void {
  for (const flag of ["immediate", "skip-idle-check"])
    if (given.has(flag)) out.note(`--${flag} is deprecated: use forge inject to bypass the queue`);
}

const draftOf = (text: string, whenIdle: boolean): AgentQueueDraft =>
  whenIdle
    ? { type: "conditional", payload: { condition_type: "when_idle", message: text } }
    : { type: "message", payload: { text } };

const sentJson = (result: Sent, type: string) =>
  "item" in result
    ? {
        agent_id: result.agent.id,
        item_id: result.item.id,
        position: result.item.position,
        item_type: type,
      }
    : { agent_id: result.agent.id, error: result.error };

function sentText(
  { flags }: SendInvocation,
  sent: readonly Sent[],
  place: AgentQueuePlace,
  message: string,
): string {
  const how = [
    ...(place === "front" ? ["front"] : []),
    ...(typeof place === "object" ? [`after ${printable(place.after.slice(0, 8))}`] : []),
    ...(flags["when-idle"] ? ["when idle"] : []),
  ].map((word) => ` (${word})`);
  const lines = sent.map((result) =>
    "item" in result
      ? `✓ Queued for agent ${result.label} at position #${result.item.position}${how.join("")}\n`
      : `✗ Failed to queue for agent ${result.label}: ${printable(result.error)}\n`,
  );
  const [first] = sent;
  if (first === undefined || !sent.some((result) => "item" in result)) return lines.join("");
  const words = sent.length === 1 ? `  "${printable(cutText(message, SHOWN_LENGTH))}"\n` : "";
  return `${lines.join("")}${words}\nNext steps:\n  forge explain ${first.label}\n  forge wait --agent ${first.label} --until queue-empty\n`;
}
