import { optionalTime } from "../../core/json.ts";
import { isInLayer, type Layer } from "./layers.ts";
import { lineTime } from "./line-time.ts";
import { readLogLine, withoutReturns } from "./log-line.ts";
import { endRendering, newRenderState, type RenderSettings, releaseHeld, renderLine } from "./render.ts";
import type { SectionKind } from "./section-start.ts";
import { newSectionState, nextSection } from "./sections.ts";

/** Turns the lines of one log, each with its LF, into the bytes that are printed. */
export interface LinePrinter {
  print(lines: readonly Uint8Array[]): Uint8Array;
  /** What waits for a line that may not come for long. */
  release(): Uint8Array;
  /** What remains behind the last line. */
  end(): Uint8Array;
}

const NOTHING = new Uint8Array();

/** Prints the lines untouched. */
export const rawPrinter = (): LinePrinter => ({
  print: (lines) => Buffer.concat(lines),
  release: () => NOTHING,
  end: () => NOTHING,
});

/** Prints the lines as people read them. */
export function renderedPrinter(settings: RenderSettings): LinePrinter {
  const state = newRenderState();
  return {
    print: (lines) => printed(lines.flatMap((line) => renderLine(state, decodeLine(line), settings))),
    release: () => printed(releaseHeld(state, settings)),
    end: () => printed(endRendering(state, settings)),
  };
}

const printed = (lines: readonly string[]): Uint8Array =>
  new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));

/** Hands each line on as a value, for output that programs read. `kind` is that of its section. */
export function entryPrinter(loop: string, layer: Layer, emit: (entry: LogEntry) => void): LinePrinter {
  const state = newSectionState();
  const print = (line: Uint8Array) => {
    const text = withoutReturns(decodeLine(line));
    const section = nextSection(state, readLogLine(text, false));
    const time = optionalTime(lineTime(line));
    if (isInLayer(layer, section)) emit({ loop, ...(time && { time }), kind: section.kind, text });
  };
  return {
    print: (lines) => {
      lines.forEach(print);
      return NOTHING;
    },
    release: () => NOTHING,
    end: () => NOTHING,
  };
}

/** One line of a log in JSON. */
export interface LogEntry {
  readonly loop: string;
  /** RFC 3339, of lines that carry a stamp. */
  readonly time?: string;
  readonly kind: SectionKind;
  readonly text: string;
}

const decoder = new TextDecoder();

/** A line without its LF. Bytes that are no UTF-8 become U+FFFD. */
function decodeLine(line: Uint8Array): string {
  const text = decoder.decode(line);
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}
