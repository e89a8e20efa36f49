import { decodeLine } from "./log-line.ts";
import { endRendering, newRenderState, type RenderSettings, releaseHeld, renderLine } from "./render.ts";

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
