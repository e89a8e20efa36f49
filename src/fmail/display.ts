import type { Output } from "../console/output.ts";
import { printable } from "../console/printable.ts";
import type { World } from "../core/world.ts";
import { jsonText, type Writable } from "../mail/rules/json-text.ts";
import { bodyText, type Message, messageFields } from "../mail/rules/message.ts";
import type { StoredMessage } from "../mail/store/read-message.ts";

/** Where text is shown: a terminal obeys control characters, so those of others must not reach it. */
export interface Screen {
  readonly isTerminal: boolean;
}

export const screenOf = (world: World): Screen => ({ isTerminal: world.isTerminal(1) });

/** Text of others as it may be shown: line by line with escapes on a terminal, unchanged for a program that reads it. */
export function shownText(text: string, { isTerminal }: Screen): string {
  if (!isTerminal) return text;
  return text.replace(/[^\n\t]+/g, printable);
}

/** `<id> <from> -> <to>: <body>` (spec/50 section 8.1). */
export function messageLine(message: Message, screen: Screen): string {
  const head = [message.id, message.from, "->", message.to].map(printable).join(" ");
  return `${head}: ${shownText(bodyText(message.body), screen)}`;
}

/** A message as JSON: on one line for lists, indented for one alone. */
export const messageJson = (message: Message, indent: 0 | 2): string =>
  shownJson(messageFields(message), indent);

// C1 control characters, DEL and bidirectional overrides: JSON allows them raw, terminals obey some of them.
const UNSAFE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** JSON with every character escaped that could steer a terminal; the value is the same. */
export const shownJson = (value: Writable, indent: 0 | 2): string =>
  jsonText(value, indent).replace(
    UNSAFE_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Prints messages one by one, each at once: a line of text, or of JSON. */
export function messagePrinter(out: Output, world: World, json: boolean): (stored: StoredMessage) => void {
  const screen = screenOf(world);
  return ({ message }) => out.line(json ? messageJson(message, 0) : messageLine(message, screen));
}
