import { type JsonValue, readJson } from "./json-text.ts";

/** A JSON object in a file that any writer may have made. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** The object in a text. Throws an Error whose message says what is there instead. */
export function readJsonObject(text: string): JsonObject {
  const value = readJson(text);
  if (value === undefined) throw new Error(text.trim() === "" ? "empty file" : "not valid JSON");
  if (typeof value !== "object" || value === null || isList(value)) throw new Error("not a JSON object");
  return value;
}

/** `Array.isArray` does not take the lists of a readonly type away. */
const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

/** A field that holds a text; undefined when it is missing, null or empty. Throws when it holds something else. */
export function textField(fields: JsonObject, name: string): string | undefined {
  const value = fields[name] ?? "";
  if (typeof value !== "string") throw new Error(`field ${name} is not a text`);
  return value === "" ? undefined : value;
}

/** The fields that are not among the known ones. */
export function unknownFields(fields: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  const unknown = Object.entries(fields).filter(([key]) => !known.has(key));
  return unknown.length === 0 ? undefined : Object.fromEntries(unknown);
}
