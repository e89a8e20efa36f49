/** Any value that JSON can hold. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** An object whose keys keep their order when it is written. */
export type Fields = ReadonlyMap<string, Writable>;
export type Writable = JsonValue | Fields | readonly Writable[];

/** Deeper values would overflow the stack of whoever reads them; other implementations stop here too. */
const DEEPEST = 10_000;

/**
 * The value of one JSON text, or undefined where the text is none: also for numbers outside IEEE double (`1e400`) and for
 * values that are nested deeper than 10,000 levels.
 */
export function readJson(text: string): JsonValue | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isSound(value, 0) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isSound(value: JsonValue, depth: number): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  return depth < DEEPEST && Object.values(value).every((inner: JsonValue) => isSound(inner, depth + 1));
}

/**
 * Writes JSON by spec/50 section 4: object keys sorted by their bytes at every level (`Fields` keep their order), two-space
 * indentation or, with `indent` 0, compact; `<`, `>` and `&` raw; no newline at the end.
 */
export function jsonText(value: Writable, indent: 0 | 2 = 2): string {
  const parts: string[] = [];
  write(value, indent === 0 ? "" : "\n", indent, parts);
  return parts.join("");
}

/** `lineStart` begins a line at the depth of the value: a newline and its indentation, or nothing in compact form. */
function write(value: Writable, lineStart: string, indent: number, parts: string[]): void {
  if (typeof value !== "object" || value === null) {
    parts.push(JSON.stringify(value));
    return;
  }
  const inner = indent === 0 ? "" : lineStart + " ".repeat(indent);
  if (Array.isArray(value)) {
    writeItems("[]", value, inner, lineStart, parts, (item: Writable) => write(item, inner, indent, parts));
    return;
  }
  writeItems("{}", entriesOf(value), inner, lineStart, parts, ([key, item]) => {
    parts.push(JSON.stringify(key), indent === 0 ? ":" : ": ");
    write(item, inner, indent, parts);
  });
}

function writeItems<Item>(
  brackets: "[]" | "{}",
  items: readonly Item[],
  inner: string,
  outer: string,
  parts: string[],
  writeItem: (item: Item) => void,
): void {
  if (items.length === 0) {
    parts.push(brackets);
    return;
  }
  let separator = brackets.charAt(0);
  for (const item of items) {
    parts.push(separator, inner);
    writeItem(item);
    separator = ",";
  }
  parts.push(outer, brackets.charAt(1));
}

function entriesOf(value: object): [string, Writable][] {
  // Sorted here and not by rebuilding the object: a JavaScript object puts keys like "10" first.
  if (value instanceof Map) return [...value];
  return Object.entries(value).sort(([a], [b]) => compareByBytes(a, b));
}

/** The order of two texts by their UTF-8 bytes, which differs from JavaScript's for characters above U+FFFF. */
export function compareByBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for characters above all others of 16 bits. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
