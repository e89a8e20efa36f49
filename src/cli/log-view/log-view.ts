import type { Instant } from "../../core/time.ts";
import { LineAssembler } from "./line-assembler.ts";
import type { LinePrinter } from "./line-printer.ts";
import { SinceFilter } from "./line-time.ts";

/** One log on its way from the bytes of the file to those that are printed. */
export class LogView {
  readonly #assembler = new LineAssembler();
  #filter: SinceFilter | undefined;

  constructor(
    private readonly printer: LinePrinter,
    since: Instant | undefined,
  ) {
    this.#filter = since === undefined ? undefined : new SinceFilter(since);
  }

  /** What the lines completed by `block` print. */
  feed(block: Uint8Array): Uint8Array {
    return this.#print(this.#assembler.push(block));
  }

  /** From here on lines are new, whatever stamp they or those above them carry. */
  stopFiltering(): void {
    this.#filter = undefined;
  }

  /** What the printer holds back. */
  release(): Uint8Array {
    return this.printer.release();
  }

  /** The end of the log, with a last line that has no line end. */
  end(): Uint8Array {
    const rest = this.#assembler.takeRest();
    const last = this.#print(rest.length > 0 ? [rest] : []);
    return Buffer.concat([last, this.printer.end()]);
  }

  #print(lines: readonly Uint8Array[]): Uint8Array {
    const filter = this.#filter;
    return this.printer.print(filter ? lines.filter((line) => filter.keeps(line)) : lines);
  }
}
