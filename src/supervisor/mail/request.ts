import { toForgeError } from "../../core/errors.ts";
import { parseTime } from "../../core/time.ts";
import type { JsonObject } from "../../mail/rules/json-object.ts";
import { type JsonValue, readJson } from "../../mail/rules/json-text.ts";
import { parsePriority, parseTags } from "../../mail/rules/labels.ts";
import { isMessageId } from "../../mail/rules/message-id.ts";
import { agentName, topicName } from "../../mail/rules/names.ts";
import { agent, type Target, topic } from "../../mail/rules/target.ts";
import type { Since } from "../../mail/store/backlog.ts";
import type { Draft } from "../../mail/store/send-message.ts";
import type { WireFailure } from "../../mail/wire/answers.ts";

/** Is answered to the client, and ends the connection. */
export class RefusedRequest extends Error implements WireFailure {
  constructor(
    readonly code: string,
    message: string,
    readonly retryable = false,
  ) {
    super(message);
  }
}

const invalidRequest = (message: string) => new RefusedRequest("invalid_request", message);

/** A line that is a JSON object with a command; nothing else of it is checked. */
export interface RawRequest {
  readonly fields: JsonObject;
  readonly command: string;
  /** Given back with every answer. */
  readonly requestId: string | undefined;
}

/** Reads a request line. Throws `invalid json` and `missing cmd`. */
export function readRequest(line: string): RawRequest {
  const value = readJson(line);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalidRequest("invalid json");
  const fields = value as JsonObject; // No list, no null: what is left of JSON's values.
  const command = textOf(fields, "cmd", "invalid json")?.trim() ?? "";
  if (command === "") throw invalidRequest("missing cmd");
  return { fields, command, requestId: typeof fields.req_id === "string" ? fields.req_id : undefined };
}

/** Who asks, and on which machine. */
export interface Requester {
  readonly agent: string;
  /** Undefined for this machine. */
  readonly host: string | undefined;
}

/** Throws `invalid agent`. */
export function requesterOf({ fields }: RawRequest): Requester {
  const refuse = () => new RefusedRequest("invalid_agent", "invalid agent");
  const named = fields.agent;
  if (typeof named !== "string") throw refuse();
  const host = textOf(fields, "host", "invalid json")?.trim();
  try {
    return { agent: agentName(named), host: host || undefined };
  } catch {
    throw refuse();
  }
}

/** Throws `missing project_id` where one is needed to know the project. */
export function projectOf({ fields }: RawRequest, isNeeded: boolean): string | undefined {
  const id = textOf(fields, "project_id", "invalid json")?.trim();
  if (isNeeded && !id) throw invalidRequest("missing project_id");
  return id || undefined;
}

/** The message that a `send` asks for, by the rules of the command line (spec/50 section 10.2). */
export function draftOf({ fields }: RawRequest, from: Requester): Draft {
  const what = "invalid send request";
  const to = targetOf(textOf(fields, "to", what) ?? "");
  const { body, priority: typed = null } = fields;
  if (body === undefined) throw invalidRequest("missing body");
  if (typeof typed !== "string" && typed !== null) throw invalidRequest(what);
  const priority = typed?.trim() ? checked("invalid priority", () => parsePriority(typed)) : undefined;
  const tags = tagsOf(fields.tags ?? []);
  const replyTo = textOf(fields, "reply_to", what)?.trim() || undefined;
  return { from: from.agent, host: from.host, to, body, replyTo, priority, tags };
}

function tagsOf(value: JsonValue): string[] {
  if (!Array.isArray(value) || !value.every((tag) => typeof tag === "string"))
    throw invalidRequest("invalid send request");
  return checked(undefined, () => parseTags(value));
}

/** What a `watch` or `relay` wants to have. */
export interface WatchRequest {
  readonly wants: (target: Target) => boolean;
  readonly since: Since | undefined;
}

/** Reads a `watch` (spec/50 section 10.3). */
export function watchOf(request: RawRequest, by: Requester): WatchRequest {
  const named = textOf(request.fields, "topic", "invalid watch request")?.trim() ?? "";
  const since = sinceOf(request, "invalid watch request");
  if (named !== "" && named !== "*") {
    const { kind, name } = targetOf(named);
    return { since, wants: (target) => target.kind === kind && target.name === name };
  }
  return { since, wants: ({ kind, name }) => kind === "topic" || name === by.agent };
}

/** Reads a `relay`: everything. */
export const relayOf = (request: RawRequest): WatchRequest => ({
  wants: () => true,
  since: sinceOf(request, "invalid relay request"),
});

function sinceOf({ fields }: RawRequest, what: string): Since | undefined {
  const text = textOf(fields, "since", what)?.trim();
  if (!text) return undefined;
  if (isMessageId(text)) return { id: text };
  const time = parseTime(text);
  if (time === undefined) throw invalidRequest("invalid since");
  return { time };
}

function targetOf(text: string): Target {
  const typed = text.trim();
  if (typed === "") throw new RefusedRequest("invalid_topic", "invalid target");
  try {
    return typed.startsWith("@") ? agent(agentName(typed.slice(1))) : topic(topicName(typed));
  } catch (thrown) {
    const code = typed.startsWith("@") ? "invalid_agent" : "invalid_topic";
    throw new RefusedRequest(code, toForgeError(thrown).message);
  }
}

/** A text field; undefined when it is missing or null. Throws `what` when it holds something else. */
function textOf(fields: JsonObject, name: string, what: string): string | undefined {
  const value = fields[name] ?? undefined;
  if (value !== undefined && typeof value !== "string") throw invalidRequest(what);
  return value;
}

function checked<T>(message: string | undefined, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw invalidRequest(message ?? toForgeError(thrown).message);
  }
}
