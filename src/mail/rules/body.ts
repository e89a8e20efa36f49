import { invalid } from "../../core/errors.ts";
import { type JsonValue, readJson } from "./json-text.ts";

/**
 * The body that a text stands for (spec/50 section 4.1): the value if the trimmed text is one JSON value, else the text
 * unchanged, blanks and newlines included.
 */
export function parseBody(text: string): JsonValue {
  const value = readJson(text.trim());
  return value === undefined ? text : value;
}

/** The text of bytes. Throws `message body is not valid UTF-8`. */
export function bodyFromBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid("message body is not valid UTF-8");
  }
}
