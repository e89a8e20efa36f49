import { printable } from "../../console/printable.ts";

/** A line on its way through the stages: safe for a terminal, whatever the agent printed. */
export interface LogLine {
  /** Without any escape sequence; control characters other than tab are shown as escapes (`\x07`). Stages decide by it. */
  readonly text: string;
  /** What is shown where no stage colours the line itself: `text` with the colours it came with. */
  readonly own: string;
  /** Made from an event of an agent's stream: shown as it is, never taken for a section of its own. */
  readonly isConverted: boolean;
}

// ECMA-48: a control sequence, and an operating system command with its end (window titles, links). What is cut off
// before its end is no sequence and is shown as text, so that nothing can hide the rest of a line.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the sequences to take out
const SEQUENCE = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const COLOR_SEQUENCE = /^\u001b\[[0-9;:]*m$/;
const RESET = "\u001b[0m";

/** One line of a log, decoded; the CR of a CRLF end goes. Colours it came with are kept only where `color` is on. */
export function readLogLine(raw: string, color: boolean): LogLine {
  const line = withoutReturns(raw);
  if (!line.includes("\u001b")) {
    const text = printableWithTabs(line);
    return { text, own: text, isConverted: false };
  }
  const text = printableWithTabs(line.replace(SEQUENCE, ""));
  return { text, own: color ? withOwnColors(line) : text, isConverted: false };
}

const decoder = new TextDecoder();

/** A line without its LF. Bytes that are no UTF-8 become U+FFFD. */
export function decodeLine(line: Uint8Array): string {
  const text = decoder.decode(line);
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

/** Text of an agent's event as one line that cannot steer the terminal. */
export const safeText = (text: string): string => printableWithTabs(text.replace(SEQUENCE, ""));

function withOwnColors(line: string): string {
  let shown = "";
  let end = 0;
  let isColored = false;
  for (const { 0: sequence, index } of line.matchAll(SEQUENCE)) {
    shown += printableWithTabs(line.slice(end, index));
    end = index + sequence.length;
    if (!COLOR_SEQUENCE.test(sequence)) continue;
    shown += sequence;
    isColored = true;
  }
  shown += printableWithTabs(line.slice(end));
  return isColored ? shown + RESET : shown;
}

/** A line without the CR of a CRLF end. A loop and not `/\r+$/`, which is quadratic on a line of returns. */
export function withoutReturns(line: string): string {
  let end = line.length;
  while (line[end - 1] === "\r") end--;
  return line.slice(0, end);
}

const printableWithTabs = (text: string): string =>
  text.includes("\t") ? text.split("\t").map(printable).join("\t") : printable(text);
