import { type Paint, paintWith } from "./color.ts";
import { writeAll } from "./write.ts";

export type Format = "text" | "json" | "jsonl";

export interface OutputSettings {
  format: Format;
  quiet: boolean;
  color: boolean;
}

/**
 * The one way to standard output and standard error. Answers go to standard output in the format that was asked for;
 * everything else that is said goes to standard error.
 */
export class Output {
  readonly format: Format;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly paint: Paint;

  constructor({ format, quiet, color }: OutputSettings) {
    this.format = format;
    this.quiet = quiet;
    this.color = color;
    this.paint = paintWith(color);
  }

  get isJson(): boolean {
    return this.format !== "text";
  }

  /** Raw text to standard output. */
  write(text: string): void {
    if (text !== "") writeAll(1, text);
  }

  /** Bytes of others to standard output, unchanged. */
  writeBytes(bytes: Uint8Array): void {
    writeAll(1, bytes);
  }

  /** Bytes to standard error, unchanged. */
  noteBytes(bytes: Uint8Array): void {
    if (bytes.length > 0) writeAll(2, bytes);
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  /** A line on standard error: warnings, notes and questions. */
  note(text: string): void {
    writeAll(2, `${text}\n`);
  }

  /** Text on standard error without a line end. */
  prompt(text: string): void {
    writeAll(2, text);
  }

  /** One JSON value: pretty for `--json`, one line for `--jsonl`. */
  json(value: unknown): void {
    this.line(jsonText(value, this.format === "jsonl" ? 0 : 2));
  }

  /** A list: one JSON array for `--json`, one line per element for `--jsonl`. */
  jsonList(elements: readonly unknown[]): void {
    if (this.format === "jsonl") this.write(elements.map((element) => `${jsonText(element)}\n`).join(""));
    else this.json(elements);
  }

  /** The answer of a command that changed something: `text` unless `--quiet`, or `value` in the JSON formats. */
  done(text: string, value: unknown): void {
    if (this.isJson) this.json(value);
    else if (!this.quiet) this.line(text);
  }
}

/** JSON of which no character steers a terminal: the standard asks for an escape of those below the space only. */
const jsonText = (value: unknown, indent = 0): string =>
  JSON.stringify(value, null, indent).replaceAll(
    /[\x7f-\x9f]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
