import type { Milliseconds } from "../core/duration.ts";
import { notFound } from "../core/errors.ts";
import { isJsonObject, type JsonObject, readInteger, readText } from "../core/json.ts";
import { type MailboxMessage, type MailboxOwner, mailId } from "../core/mailbox.ts";
import { parseTime } from "../core/time.ts";
import type { World } from "../core/world.ts";
import type { MailKeeper } from "./mail-keeper.ts";
import { McpClient } from "./mcp-client.ts";

/** The mailboxes that a server keeps for many machines (spec/30 section 20). */
export function mailServer(url: string, timeout: Milliseconds, world: World): MailKeeper {
  const server = new McpClient(url, timeout);
  const of = ({ project, agent }: MailboxOwner) => ({ project_key: project, agent_name: agent });
  const fetchInbox = async (owner: MailboxOwner, more: JsonObject): Promise<MailboxMessage[]> => {
    const answer = await server.callTool("fetch_inbox", { ...of(owner), ...more });
    return messagesIn(answer).toSorted((a, b) => a.createdAt - b.createdAt || a.number - b.number);
  };
  const call = (tool: string, owner: MailboxOwner, number: number) =>
    server.callTool(tool, { ...of(owner), message_id: number });
  return {
    backend: "mcp",

    send: async ({ project, from, to, subject, body, importance, ackRequired }) => {
      const answer = await server.callTool("send_message", {
        ...{ project_key: project, sender_name: from, to, subject, body_md: body },
        ...(importance !== "normal" && { importance }),
        ...(ackRequired && { ack_required: true }),
      });
      return numbersIn(answer).map(mailId);
    },

    inbox: async (owner, { unreadOnly, since, limit }) => {
      const messages = await fetchInbox(owner, {
        include_bodies: false,
        ...(limit > 0 && { limit }),
        ...(since !== undefined && { since_ts: new Date(since).toISOString() }),
      });
      const wanted = messages.filter(({ readAt, ackedAt }) => !(unreadOnly && (readAt ?? ackedAt)));
      return limit > 0 ? wanted.slice(-limit) : wanted;
    },

    read: async (owner, number) => {
      const found = (await fetchInbox(owner, { include_bodies: true })).find(
        (message) => message.number === number,
      );
      if (found === undefined) throw notFound(`message ${mailId(number)} not found`);
      await call("mark_message_read", owner, number);
      return { ...found, readAt: found.readAt ?? world.now() };
    },

    ack: async (owner, number) => {
      const answer = await call("acknowledge_message", owner, number);
      const at = isJsonObject(answer) ? parseTime(readText(answer.acknowledged_at)) : undefined;
      return at ?? world.now();
    },
  };
}

/** A list of messages, or an object that holds one. */
function messagesIn(answer: unknown): MailboxMessage[] {
  const list = isJsonObject(answer) ? (answer.messages ?? answer.result ?? answer.inbox) : answer;
  return Array.isArray(list) ? list.flatMap((element) => messageOf(element) ?? []) : [];
}

function messageOf(value: unknown): MailboxMessage | undefined {
  const number = isJsonObject(value) ? readInteger(value.id) : undefined;
  if (!isJsonObject(value) || number === undefined) return undefined;
  const thread = value.thread_id;
  return {
    number,
    threadId: thread === undefined || thread === null ? undefined : String(thread),
    from: readText(value.from) ?? readText(value.sender_name) ?? "",
    subject: readText(value.subject) ?? "",
    body: readText(value.body_md) ?? readText(value.body),
    createdAt: parseTime(readText(value.created_ts) ?? readText(value.created_at)) ?? 0,
    importance: readText(value.importance) ?? "normal",
    ackRequired: value.ack_required === true || value.ack_required === 1,
    readAt: parseTime(readText(value.read_at) ?? readText(value.read_ts)),
    ackedAt: parseTime(readText(value.acked_at) ?? readText(value.ack_ts)),
  };
}

/** The ids of what was sent: of the answer itself, or of each of its deliveries. */
function numbersIn(answer: unknown): number[] {
  if (!isJsonObject(answer)) return [];
  const deliveries = Array.isArray(answer.deliveries) ? answer.deliveries : [answer];
  return deliveries.flatMap((delivery) => {
    const message = isJsonObject(delivery) && isJsonObject(delivery.payload) ? delivery.payload : delivery;
    return (isJsonObject(message) ? readInteger(message.id) : undefined) ?? [];
  });
}
