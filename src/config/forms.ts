import { formatDuration, type Milliseconds, parseDuration } from "../core/duration.ts";
import { invalid } from "../core/errors.ts";
import { type Bytes, formatSize, parseSize } from "../core/size.ts";
import { expandHome, type Place, placed } from "./place.ts";

/** A value as it is shown and written: in the template, by `config show`, in JSON. */
export type Plain = string | number | boolean;

/** How the values of a kind of key are written (spec/30 section 2.3). */
export interface Form<Value> {
  /** As the documentation calls it. */
  readonly name: string;
  /** The value that the parser of the file found. Throws `invalid <form> "<text>"`. */
  read(raw: unknown, place: Place): Value;
  /** The value of an environment variable; `read` when left out. */
  readText?(text: string, place: Place): Value;
  show(value: Value): Plain;
}

const asIs = <Value extends Plain>(value: Value): Plain => value;

/** Kept verbatim; a number or boolean of the file counts as its text. */
export const text: Form<string> = { name: "text", read: readPlainText, show: asIs };

/** A path, made absolute. */
export const path: Form<string> = {
  name: "path",
  read: (raw, place) => placed(readPlainText(raw), place),
  show: asIs,
};

/** A path or a name: only a leading `~` is expanded. */
export const pathOrName: Form<string> = {
  name: "path or name",
  read: (raw, { home }) => expandHome(readPlainText(raw), home),
  show: asIs,
};

export const bool: Form<boolean> = {
  name: "bool",
  read(raw) {
    if (typeof raw === "boolean") return raw;
    throw refused("bool", raw, "Write true or false.");
  },
  readText(word) {
    if (/^(1|t|true)$/i.test(word)) return true;
    if (/^(0|f|false)$/i.test(word)) return false;
    throw refused("bool", word, "Write true or false.");
  },
  show: asIs,
};

export const int: Form<number> = {
  name: "int",
  read(raw) {
    const number = typeof raw === "string" && /^[+-]?\d+$/.test(raw.trim()) ? Number(raw) : raw;
    if (typeof number === "number" && Number.isSafeInteger(number)) return number;
    throw refused("int", raw, "Write a whole number.");
  },
  show: asIs,
};

export const decimal: Form<number> = {
  name: "number",
  read(raw) {
    const number = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
    if (typeof number === "number" && Number.isFinite(number)) return number;
    throw refused("number", raw, "Write a number such as 0.5.");
  },
  show: asIs,
};

/** In milliseconds. A bare number is refused, except 0: nobody can know its unit. */
export const duration: Form<Milliseconds> = {
  name: "duration",
  read(raw) {
    try {
      return parseDuration(readPlainText(raw).trim());
    } catch {
      throw refused("duration", raw, "Write a number with a unit: 250ms, 30s, 5m, 1h30m.");
    }
  },
  show: (value) => shortDuration(value),
};

/** In bytes. */
export const size: Form<Bytes> = {
  name: "size",
  read: (raw) => parseSize(readPlainText(raw)),
  show: (value) => formatSize(value),
};

/** One of several words. A word that is none of them is kept as it is, for the check to refuse. */
export function oneOf<Word extends string>(words: readonly Word[], { anyCase = false } = {}): Form<Word> {
  return {
    name: words.join(", "),
    read(raw) {
      const word = readPlainText(raw);
      const wanted = anyCase ? word.trim().toLowerCase() : word;
      // Not one of the words yet where the file is wrong: the key's check tells it with the message of its own.
      return (words.find((known) => known === wanted) ?? word) as Word;
    },
    show: asIs,
  };
}

function readPlainText(raw: unknown): string {
  if (typeof raw === "string") return raw;
  if (typeof raw === "number" || typeof raw === "boolean") return String(raw);
  throw refused("text", raw);
}

/** The way Forge writes durations itself, without the units that are zero: `1h`, not `1h0m0s`. */
const shortDuration = (value: Milliseconds): string =>
  formatDuration(value)
    .replace(/(?<=[hm])0s$/, "")
    .replace(/(?<=h)0m$/, "");

const refused = (form: string, raw: unknown, hint?: string) =>
  invalid(`invalid ${form} ${typeof raw === "string" ? JSON.stringify(raw) : shown(raw)}`, { hint });

const shown = (raw: unknown): string =>
  typeof raw === "object" ? JSON.stringify(raw) : JSON.stringify(String(raw));
