import type { JsonObject } from "../../core/json.ts";
import type { Brush } from "./brush.ts";
import { type LogLine, safeText } from "./log-line.ts";

/** An event of an agent's stream: a JSON object with a `type`. */
export type StreamEvent = JsonObject & { readonly type: string };

/** `[claude:init] model=...`: a coloured tag and what belongs to it. */
export function taggedLine(brush: Brush, sgr: string, tag: string, rest: string): LogLine {
  const shown = safeText(rest);
  return { text: `${tag} ${shown}`, own: `${brush.paint(sgr, tag)} ${shown}`, isConverted: true };
}

/** What the agent said, in one colour: one line per line of the text. */
export function spokenLines(brush: Brush, sgr: string, text: string): LogLine[] {
  // A line end that closes the text is the end of its last line, not one more empty line.
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  return lines.map((line) => {
    const shown = safeText(line);
    return { text: shown, own: brush.paint(sgr, shown), isConverted: true };
  });
}
