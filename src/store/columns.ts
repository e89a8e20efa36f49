import { isJsonObject } from "../core/json.ts";
import { formatTime, formatTimeMillis, type Instant, parseTime } from "../core/time.ts";

/** What a column can hold. */
export type ColumnValue = string | number | null;

/** Optional texts are NULL when empty (spec/40 section 1). */
export const textOrNull = (text: string | undefined): string | null => text || null;

export const numberOrNull = (number: number | undefined): number | null => number ?? null;

export const timeOrNull = (at: Instant | undefined): string | null =>
  at === undefined ? null : formatTime(at);

/** The form of the times in `fx_` tables. */
export const millisOrNull = (at: Instant | undefined): string | null =>
  at === undefined ? null : formatTimeMillis(at);

export const flag = (value: boolean): 0 | 1 => (value ? 1 : 0);

/** A list or object as JSON text; NULL when there is nothing in it. */
export const jsonOrNull = (value: object | undefined): string | null =>
  value === undefined || Object.keys(value).length === 0 ? null : JSON.stringify(value);

export const readTextColumn = <T extends string>(value: T | null): T | undefined => value || undefined;

export const readNumberColumn = (value: number | null): number | undefined => value ?? undefined;

/** A time that every row should have; the epoch where another program left something unreadable. */
export const readRequiredTime = (text: string | null): Instant => parseTime(text) ?? 0;

/** The object in a JSON column; undefined when the text is NULL, unreadable or anything but an object. */
export function readObjectColumn(text: string | null): Record<string, unknown> | undefined {
  const value = parseJson(text);
  return isJsonObject(value) ? { ...value } : undefined;
}

/** The texts in a JSON list; empty when it is NULL or unreadable. */
export function readTextList<T extends string = string>(text: string | null): T[] {
  const value = parseJson(text);
  if (!Array.isArray(value)) return [];
  return value.filter((element): element is T => typeof element === "string");
}

/** The texts in a JSON object; anything that is no text is left out. */
export function readTextMap(text: string | null): Record<string, string> {
  const entries = Object.entries(readObjectColumn(text) ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function parseJson(text: string | null): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
