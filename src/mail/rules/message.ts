import { invalid } from "../../core/errors.ts";
import { type JsonObject, readJsonObject, textField, unknownFields } from "./json-object.ts";
import { type Fields, type JsonValue, jsonText } from "./json-text.ts";
import { isMessageId } from "./message-id.ts";

/** Bytes of an encoded message at most (spec/50 section 3). */
export const MAX_MESSAGE_BYTES = 1_048_576;

export const tooLarge = () => invalid("message exceeds 1MB limit");

/** A message as it is stored (spec/50 section 4); immutable once published. */
export interface Message {
  readonly id: string;
  readonly from: string;
  /** `task` or `@bob`. */
  readonly to: string;
  /** RFC 3339, as its writer wrote it. */
  readonly time: string;
  readonly body: JsonValue;
  readonly replyTo?: string | undefined;
  readonly priority?: string | undefined;
  readonly host?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Fields that this version does not know, kept for whoever does. */
  readonly unknown?: JsonObject | undefined;
}

/** The fields in their contractual order, empty ones left out, unknown ones last. */
export function messageFields(message: Message): Fields {
  const fields = new Map<string, JsonValue>([
    ["id", message.id],
    ["from", message.from],
    ["to", message.to],
    ["time", message.time],
    ["body", message.body],
  ]);
  if (message.replyTo) fields.set("reply_to", message.replyTo);
  if (message.priority) fields.set("priority", message.priority);
  if (message.host) fields.set("host", message.host);
  if (message.tags?.length) fields.set("tags", message.tags);
  for (const [key, value] of Object.entries(message.unknown ?? {})) fields.set(key, value);
  return fields;
}

/** The text of a message file. Throws `message exceeds 1MB limit`. */
export function encodeMessage(message: Message): string {
  const text = jsonText(messageFields(message));
  if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES) throw tooLarge();
  return text;
}

/** What the place of a file says about a message that does not say it itself. */
interface Place {
  readonly id: string;
  readonly to: string;
}

const KNOWN = new Set(["id", "from", "to", "time", "body", "reply_to", "priority", "host", "tags"]);

/**
 * Reads a message file of any writer: fields may be missing (body reads as null) and unknown ones are kept.
 * Throws an Error whose message says what is wrong with the file.
 */
export const decodeMessage = (text: string, place: Place): Message =>
  messageOfFields(readJsonObject(text), place);

/** As `decodeMessage`, of JSON that was read already. */
export function messageOfFields(fields: JsonObject, place: Place): Message {
  const id = textField(fields, "id");
  return {
    id: id !== undefined && isMessageId(id) ? id : place.id,
    from: textField(fields, "from") ?? "",
    to: textField(fields, "to") ?? place.to,
    time: textField(fields, "time") ?? "",
    body: fields.body ?? null,
    replyTo: textField(fields, "reply_to"),
    priority: textField(fields, "priority"),
    host: textField(fields, "host"),
    tags: tagsField(fields.tags ?? []),
    unknown: unknownFields(fields, KNOWN),
  };
}

function tagsField(value: JsonValue): readonly string[] {
  if (!Array.isArray(value) || !value.every((tag) => typeof tag === "string"))
    throw new Error("field tags is not a list of texts");
  return value;
}

/** The body on one line of text: a text as it is, any other value as compact JSON. */
export const bodyText = (body: JsonValue): string => (typeof body === "string" ? body : jsonText(body, 0));
