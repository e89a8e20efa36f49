import { optionalTime } from "../../core/json.ts";
import { isInLayer, type Layer } from "./layers.ts";
import type { LinePrinter } from "./line-printer.ts";
import { lineTime } from "./line-time.ts";
import { decodeLine, readLogLine, withoutReturns } from "./log-line.ts";
import type { SectionKind } from "./section-start.ts";
import { newSectionState, nextSection } from "./sections.ts";

/** One line of a log in JSON. */
export interface LogEntry {
  readonly loop: string;
  /** RFC 3339, of lines that carry a stamp. */
  readonly time?: string;
  /** What the line belongs to. */
  readonly kind: SectionKind;
  /** The line as it is in the log, events of agents too. */
  readonly text: string;
}

const NOTHING = new Uint8Array();

/** Prints nothing itself but hands each line on as a value, for output that programs read. */
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
