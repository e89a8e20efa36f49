import type { ForgeError } from "../core/errors.ts";
import type { Format } from "./output.ts";
import { printable } from "./printable.ts";
import { OutputError, writeAll } from "./write.ts";

/** How a failing command is told to its caller. */
export interface ReportSettings {
  format: Format;
  /** Whether a person reads standard error: then a hint is printed below the message. */
  stderrIsTerminal: boolean;
}

/**
 * Prints an error: one line on standard error, or the envelope of spec/20 section 3 on standard output. The only place
 * in Forge that does.
 */
export function reportError(error: ForgeError, { format, stderrIsTerminal }: ReportSettings): void {
  if (format !== "text" && printEnvelope(error, format)) return;
  const lines = textLines(error, stderrIsTerminal).map((line) => `${printable(line)}\n`);
  writeAll(2, lines.join(""));
}

/** Whether the envelope could be printed; where standard output is full, the words have to do. */
function printEnvelope(error: ForgeError, format: Format): boolean {
  if (error instanceof OutputError) return false;
  try {
    writeAll(1, `${JSON.stringify(envelope(error), null, format === "json" ? 2 : undefined)}\n`);
    return true;
  } catch (thrown) {
    if (thrown instanceof OutputError) return false;
    throw thrown;
  }
}

function textLines(error: ForgeError, stderrIsTerminal: boolean): string[] {
  if (error.kind === "preflight") {
    return [error.message, `Hint: ${error.hint}`, `Next: ${error.details?.next_step}`];
  }
  const showsHint = stderrIsTerminal && error.hint !== undefined && error.kind !== "ambiguous";
  return showsHint ? [error.message, `Hint: ${error.hint}`] : [error.message];
}

/** The JSON form of an error, keys in their contractual order. */
function envelope({ code, message, hint, details }: ForgeError) {
  return { error: { code, message, ...(hint ? { hint } : {}), ...(details ? { details } : {}) } };
}
