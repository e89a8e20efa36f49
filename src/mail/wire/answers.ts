import { type JsonObject, readJsonObject } from "../rules/json-object.ts";
import { jsonText, type Writable } from "../rules/json-text.ts";
import { type Message, messageFields, messageOfFields } from "../rules/message.ts";
import { parseTarget, type Target } from "../rules/target.ts";

/** What went wrong with a request (spec/50 section 10.1). */
export interface WireFailure {
  readonly code: string;
  readonly message: string;
  /** The same request may succeed in a moment. */
  readonly retryable: boolean;
}

/** One line of a server, read. */
export type ServerLine =
  | { readonly kind: "ok"; readonly id: string | undefined }
  | { readonly kind: "failure"; readonly failure: WireFailure | undefined }
  | { readonly kind: "message"; readonly message: Message; readonly target: Target }
  /** A sign of life, or something of a newer server. */
  | { readonly kind: "other" };

export const okLine = (requestId: string | undefined, id?: string): string =>
  line([["ok", true], ...given("id", id), ...given("req_id", requestId)]);

export const failureLine = (failure: WireFailure, requestId?: string): string =>
  line([
    ["ok", false],
    [
      "error",
      new Map<string, Writable>([
        ["code", failure.code],
        ["message", failure.message],
        ...(failure.retryable ? [["retryable", true] as const] : []),
      ]),
    ],
    ...given("req_id", requestId),
  ]);

export const messageLine = (message: Message): string => line([["msg", messageFields(message)]]);

/** Sent after a while of silence. */
export const PING_LINE = `{"event":"ping"}\n`;

type Entry = readonly [string, Writable];

const line = (entries: readonly Entry[]): string => `${jsonText(new Map(entries), 0)}\n`;

const given = (name: string, value: string | undefined): Entry[] =>
  value === undefined || value === "" ? [] : [[name, value]];

/** Throws an Error that says why a line is none of a server. */
export function readServerLine(text: string): ServerLine {
  const fields = readJsonObject(text);
  const message = asObject(fields.msg);
  if (message) return messageOf(message);
  if (typeof fields.ok !== "boolean") return { kind: "other" };
  if (fields.ok) return { kind: "ok", id: asText(fields.id) };
  const error = asObject(fields.error);
  if (error === undefined) return { kind: "failure", failure: undefined };
  const { code, message: reason, retryable } = error;
  return {
    kind: "failure",
    failure: { code: asText(code) ?? "", message: asText(reason) ?? "", retryable: retryable === true },
  };
}

/** A message that names no box of ours is of no use to anybody. */
function messageOf(fields: JsonObject): ServerLine {
  try {
    const message = messageOfFields(fields, { id: "", to: "" });
    return message.id === ""
      ? { kind: "other" }
      : { kind: "message", message, target: parseTarget(message.to) };
  } catch {
    return { kind: "other" };
  }
}

const asText = (value: unknown): string | undefined =>
  typeof value === "string" && value ? value : undefined;

const asObject = (value: JsonObject[string] | undefined): JsonObject | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
