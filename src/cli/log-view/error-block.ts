import type { Brush } from "./brush.ts";
import { startsWithAny } from "./text-start.ts";

const TRACEBACK = "Traceback (most recent call last):";
const HEAD_STARTS = [
  "error:",
  "Error:",
  "error[",
  "panic:",
  "panicked at",
  "FAIL",
  TRACEBACK,
  "unexpected concurrent change",
];
// `TypeError:`, `MyError::Variant:`: the first word, up to the colon that ends it.
const FIRST_WORD = /^\p{Lu}[^\s:]*(?:::[^\s:]+)*:/u;
const ERROR_NAME = /Error|Exception|Panic/;

const CAUSE = /^caused by:/i;
const ADVICE = /^(?:recovery|note|help):/;
const CONTINUATION_STARTS = ["--> ", "goroutine ", "thread '", "[signal ", 'File "'];
const INDENTS = ["  at ", "    "];

/** Whether a line without leading blanks is the head of an error. */
export function startsErrorBlock(text: string): boolean {
  if (startsWithAny(text, HEAD_STARTS)) return true;
  const [name] = FIRST_WORD.exec(text) ?? [];
  return name !== undefined && ERROR_NAME.test(name);
}

/** Whether a line still belongs to the error above it. */
export function continuesErrorBlock(line: string): boolean {
  const text = line.trimStart();
  return (
    CAUSE.test(text) ||
    ADVICE.test(text) ||
    startsWithAny(text, CONTINUATION_STARTS) ||
    startsWithAny(line, INDENTS)
  );
}

/** A line of an error block: what happened in red, what helps in yellow, the stack dim with its files to be found. */
export function paintErrorLine(line: string, isHead: boolean, brush: Brush): string {
  const text = line.trimStart();
  if (isHead || CAUSE.test(text) || text.startsWith("[signal "))
    return brush.color ? brush.token("error", line) : `[ERROR] ${line}`;
  if (ADVICE.test(text)) return brush.color ? brush.token("warning", line) : `[WARN] ${line}`;
  return brush.color ? stackFrame(line, brush) : line;
}

// A word up to a bracket, quote or blank; inside it the file, and line and column behind colons. Two patterns and not
// one, so that a long line takes time in proportion to its length.
const WORD = /[^\s()[\]{}<>"'`,;|]+/g;
const FILE_AND_LINE = /^([^:]+):\d+(?::\d+)?/;

function stackFrame(line: string, brush: Brush): string {
  const frame = (text: string) => brush.token("stack-frame", text);
  let shown = "";
  let end = 0;
  for (const { 0: word, index } of line.matchAll(WORD)) {
    const [position, file] = FILE_AND_LINE.exec(word) ?? [];
    if (position === undefined || !/[./]/.test(file ?? "")) continue;
    shown += frame(line.slice(end, index)) + brush.token("path-line", position);
    end = index + position.length;
  }
  return shown + frame(line.slice(end));
}
