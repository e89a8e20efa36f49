import { toForgeError } from "../../core/errors.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { type Form, text } from "../forms.ts";
import type { Place } from "../place.ts";
import { type KeyPath, UnreadableValue } from "../problem.ts";

/** What reading a file needs beside the value. */
export interface ReadContext {
  readonly place: Place;
  /** Collects what nobody knows. */
  readonly unknownKeys: KeyPath[];
}

/** Makes one element of a list from its map. */
export type ReadElement<Element> = (fields: FieldReader) => Element;

/** A value in one form. Throws `UnreadableValue`. */
export function readForm<Value>(form: Form<Value>, raw: unknown, at: KeyPath, { place }: ReadContext): Value {
  try {
    return form.read(raw, place);
  } catch (thrown) {
    const { message, hint } = toForgeError(thrown);
    throw new UnreadableValue(at, message, hint);
  }
}

/** A list; `null` is an empty one. Throws `UnreadableValue`. */
export function readList<Element>(
  raw: unknown,
  at: KeyPath,
  read: (raw: unknown, at: KeyPath) => Element,
): Element[] {
  if (raw === null || raw === undefined) return [];
  if (!Array.isArray(raw)) throw new UnreadableValue(at, "must be a list");
  return raw.map((element, index) => read(element, [...at, index]));
}

/** A list of maps. Throws `UnreadableValue`. */
export function readElements<Element>(
  raw: unknown,
  at: KeyPath,
  context: ReadContext,
  read: ReadElement<Element>,
): Element[] {
  return readList(raw, at, (element, here) => {
    if (!isJsonObject(element)) throw new UnreadableValue(here, "must be a map");
    const fields = new FieldReader(element, here, context);
    const made = read(fields);
    fields.noteUnknown();
    return made;
  });
}

/** Reads the fields of one map and remembers which were asked for. An absent field, or one without a value, is the fallback. */
export class FieldReader {
  readonly #known = new Set<string>();

  constructor(
    private readonly fields: JsonObject,
    private readonly at: KeyPath,
    private readonly context: ReadContext,
  ) {}

  value<Value>(field: string, form: Form<Value>, fallback: Value): Value {
    const raw = this.#raw(field);
    return raw === undefined ? fallback : readForm(form, raw, [...this.at, field], this.context);
  }

  text(field: string): string {
    return this.value(field, text, "");
  }

  texts(field: string): string[] {
    return readList(this.#raw(field), [...this.at, field], (raw, at) =>
      readForm(text, raw, at, this.context),
    );
  }

  mapOf<Value>(field: string, form: Form<Value>): Record<string, Value> {
    const raw = this.#raw(field) ?? {};
    const at = [...this.at, field];
    if (!isJsonObject(raw)) throw new UnreadableValue(at, "must be a map");
    return Object.fromEntries(
      Object.entries(raw).map(([name, value]) => [name, readForm(form, value, [...at, name], this.context)]),
    );
  }

  elements<Element>(field: string, read: ReadElement<Element>): Element[] {
    return readElements(this.#raw(field), [...this.at, field], this.context, read);
  }

  /** Tells the fields that nobody asked for. */
  noteUnknown(): void {
    for (const field of Object.keys(this.fields))
      if (!this.#known.has(field)) this.context.unknownKeys.push([...this.at, field]);
  }

  #raw(field: string): unknown {
    this.#known.add(field);
    return Object.hasOwn(this.fields, field) ? (this.fields[field] ?? undefined) : undefined;
  }
}
