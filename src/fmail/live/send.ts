import { operationFailed } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import { isMessageId } from "../../mail/rules/message-id.ts";
import { targetText } from "../../mail/rules/target.ts";
import { lookAt, messagePath, type StoredMessage } from "../../mail/store/read-message.ts";
import { checkSize, type Draft, messageOf } from "../../mail/store/send-message.ts";
import { readServerLine, type ServerLine } from "../../mail/wire/answers.ts";
import type { Endpoint } from "../../mail/wire/endpoint.ts";
import { LineClient } from "../../mail/wire/line-client.ts";
import type { OwnMailbox } from "../mailbox.ts";
import { isForeignSupervisor, refused, requestLine } from "./request.ts";

/** A supervisor that is stopped or stuck must not stop mail. */
const ANSWER_MS = 2_000;

/**
 * Has the supervisor store a message (spec/50 section 9.1). Undefined when there is none, or none for this project: then the
 * caller stores it. `warn` is told when that may store it twice. Throws what the supervisor refuses it for.
 */
export async function sendThrough(
  endpoint: Endpoint,
  draft: Draft,
  mailbox: OwnMailbox,
  { world, warn }: { readonly world: World; readonly warn: (line: string) => void },
): Promise<StoredMessage | undefined> {
  const { store } = mailbox;
  checkSize(store, draft);
  using client = await LineClient.connect(endpoint);
  if (client === undefined) return undefined;
  client.write(requestLine("send", fieldsOf(draft), mailbox, endpoint, world));
  const line = await client.next(ANSWER_MS);
  if (line === undefined) {
    warn("Warning: forged connection dropped, falling back to standalone (message may be duplicated)");
    return undefined;
  }
  const answer = read(line);
  if (answer.kind === "failure") {
    if (isForeignSupervisor(answer.failure, endpoint)) return undefined;
    throw refused(answer.failure);
  }
  const id = answer.kind === "ok" ? answer.id : undefined;
  if (id === undefined) throw operationFailed("forged: forged response missing id");
  const look = isMessageId(id) ? lookAt(store, draft.to, id) : undefined;
  if (look?.kind === "message") return look.stored;
  // It may lie on another machine.
  const message = messageOf(store, draft, id, world.now());
  return { message, target: draft.to, path: messagePath(draft.to, id) };
}

const fieldsOf = ({ to, body, replyTo, priority, tags }: Draft) =>
  [
    ["to", targetText(to)],
    ["body", body],
    ["reply_to", replyTo],
    ["priority", priority],
    ["tags", tags?.length ? tags : undefined],
  ] as const;

function read(line: string): ServerLine {
  try {
    return readServerLine(line);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw operationFailed(`forged: invalid forged response: ${reason}`, { cause: thrown });
  }
}
