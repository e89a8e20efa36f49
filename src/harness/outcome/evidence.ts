import type { Evidence } from "../../core/outcome.ts";
import { redacted } from "../../core/redact.ts";
import type { RunSigns } from "../run-signs.ts";

const MOST_LINES = 3;
const LONGEST_LINE_BYTES = 2048;

/** The lines of the output that speak for an outcome, as the CLI printed them but for secrets (spec/15 section 2.2). */
export function evidenceLines(signs: RunSigns): Evidence["lines"] {
  const sources = [signs.finalError, signs.rejected, signs.end]
    .map((witnessed) => witnessed?.source)
    .filter((source) => source !== undefined);
  const byOffset = new Map(sources.map((source) => [source.offset, source]));
  return [...byOffset.values()].slice(0, MOST_LINES).map(({ line, offset }) => ({
    offset,
    text: cut(JSON.stringify(redacted(line))),
  }));
}

/** At most 2 KiB, without half a character at the end. */
function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= LONGEST_LINE_BYTES) return text;
  let end = LONGEST_LINE_BYTES;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}
