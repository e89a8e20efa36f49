/** A word of a command line, quotes taken away, and where it ends in the text. */
interface ShellWord {
  readonly text: string;
  readonly end: number;
}

/**
 * The words of a shell command line, as a POSIX shell splits it: quotes and backslashes are taken away, nothing is
 * expanded. An open quote ends with the text.
 */
export const shellWords = (line: string): string[] => scan(line).map(({ text }) => text);

/** The part of a line before a comment: a `#` outside quotes that begins a word. */
export function withoutComment(line: string): string {
  const words = scan(line);
  const end = words.at(-1)?.end ?? 0;
  return line.slice(0, end);
}

function scan(line: string): ShellWord[] {
  const words: ShellWord[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(line[at] ?? "")) at++;
    if (at >= line.length || line[at] === "#") return words;
    const word = readWord(line, at);
    words.push(word);
    at = word.end;
  }
}

function readWord(line: string, start: number): ShellWord {
  let text = "";
  let at = start;
  let quote = "";
  for (; at < line.length; at++) {
    const character = line[at] ?? "";
    if (quote === "" && /\s/.test(character)) break;
    if (character === quote) quote = "";
    else if (quote === "" && (character === "'" || character === '"')) quote = character;
    else if (character === "\\" && escapes(quote, line[at + 1])) text += line[++at] ?? "";
    else text += character;
  }
  return { text, end: at };
}

/** Whether a backslash before a character is taken away: always outside quotes, never in single ones. */
function escapes(quote: string, next: string | undefined): boolean {
  if (next === undefined || quote === "'") return false;
  return quote === "" || '"\\$`'.includes(next);
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

/** Name and value of a word such as `HOME=/x`; undefined for any other. */
export function shellAssignment(word: string): { name: string; value: string } | undefined {
  const [, name, value] = ASSIGNMENT.exec(word) ?? [];
  return name === undefined || value === undefined ? undefined : { name, value };
}

/** The text with a leading `~`, `$NAME` and `${NAME}` replaced; a variable that is not set is empty. */
export function expandVariables(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const named = text.replace(
    /\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g,
    (_, braced, bare) => env[braced ?? bare] ?? "",
  );
  return env.HOME ? named.replace(/^~(?=\/|$)/, () => env.HOME ?? "") : named;
}
