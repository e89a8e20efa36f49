import { formatTime, type Instant } from "./time.ts";

/** A JSON object of which nothing is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The value, or undefined for what the tables of spec/40 section 3 leave out: "", 0, false, null, an empty list or object.
 * The `...Json` functions of this room rely on `JSON.stringify` leaving out a key whose value is undefined.
 */
export function omitEmpty<T>(value: T): NonNullable<T> | undefined {
  if (!value) return undefined;
  if (typeof value === "object" && Object.keys(value).length === 0) return undefined;
  return value;
}

/** The printed form of a time that may be absent. */
export const optionalTime = (at: Instant | undefined): string | undefined =>
  at === undefined ? undefined : formatTime(at);

/** The value of a JSON text, or the text itself where it is not JSON: foreign writers may have stored anything. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A whole number; others may have written it as a float (cut off) or as text. Undefined when it is no number at all. */
export function readInteger(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number") return undefined;
  const whole = Math.trunc(number) + 0; // -0 is 0
  return Number.isSafeInteger(whole) ? whole : undefined;
}

/** A text that is not empty. */
export const readText = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** The object, or an empty one for anything else: what foreign JSON may hold at a place is not known. */
export const readObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

/** The objects of a list; nothing for anything that is no list. */
export const readObjects = (value: unknown): JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];

/** A finite number. */
export const readNumber = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
