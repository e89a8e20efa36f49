import { isJsonObject } from "./json.ts";

const REDACTED = "[REDACTED]";

const SECRET_KEY = /token|secret|password|api_key|apikey|authorization|cookie|session|private_key/i;
const SECRET_TEXT =
  /bearer |(?:token|secret|password|api_key|apikey|authorization)[=:]|xox[bp]-|gh[pou]_|\bsk-|-----begin/i;

/**
 * A copy of a JSON value without its secrets: texts below a key that names one, and texts that look like one (spec/40
 * section 10.11). Numbers and truth values stay: `input_tokens` is no secret.
 */
export function redacted(value: unknown, isSecret = false): unknown {
  if (typeof value === "string") return isSecret ? REDACTED : redactedText(value);
  if (Array.isArray(value)) return value.map((element) => redacted(element, isSecret));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, redacted(entry, isSecret || SECRET_KEY.test(key))]),
  );
}

/** The text, or `[REDACTED]` for all of it. */
const redactedText = (text: string): string => (SECRET_TEXT.test(text) ? REDACTED : text);
