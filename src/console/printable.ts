// C0 and C1 control characters, DEL, and the bidirectional overrides that can reorder what a person reads.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the characters to take out
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Untrusted text as one line that cannot steer the terminal: control characters are shown as escapes (`\n`, `\x1b`). */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    if (character === "\r") return "\\r";
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** Whether a text holds printable ASCII only: what it takes on a terminal is then its length. */
export const isPlain = (text: string): boolean => /^[ -~]*$/.test(text);

/** As `printable`, for the cells of a table; most of them need no look at each. */
export const printableRows = (rows: readonly (readonly string[])[]): readonly (readonly string[])[] =>
  isPlain(allText(rows)) ? rows : rows.map((cells) => cells.map(printable));

/** All cells in one text, with commas between them. */
export const allText = (rows: readonly (readonly string[])[]): string => rows.join();
