import { WriteStream } from "node:tty";
import { writeAll } from "./write.ts";

const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";
/** Around a frame, so that the terminal never shows half of one. */
const FRAME = { begin: "\u001b[?2026h\u001b[H", end: "\u001b[J\u001b[?2026l" };
const REST_OF_LINE = "\u001b[K";
/** Where the terminal does not know its size. */
const USUAL_ROWS = 24;

/**
 * A screen of its own on the terminal, in which texts replace one another; what was there before comes back at the end.
 * Lines that are too long are cut by the terminal; those that do not fit below are counted in the last one.
 */
export class Screen implements Disposable {
  #text = "";
  readonly #on = {
    SIGWINCH: () => this.#redraw(),
    SIGTSTP: () => {
      writeAll(1, LEAVE);
      process.kill(process.pid, "SIGSTOP");
    },
    SIGCONT: () => {
      writeAll(1, ENTER);
      this.#redraw();
    },
  };

  constructor() {
    writeAll(1, ENTER);
    for (const [signal, listener] of Object.entries(this.#on)) process.on(signal, listener);
  }

  /** Shows printable lines; nothing is written when they are the same as before. */
  draw(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#redraw();
  }

  #redraw(): void {
    // A terminal that does not know its size says 0.
    const rows = new WriteStream(1).getWindowSize()[1] || USUAL_ROWS;
    const lines = fitting(this.#text.trimEnd().split("\n"), rows).map((line) => line + REST_OF_LINE);
    writeAll(1, FRAME.begin + lines.join("\r\n") + FRAME.end);
  }

  [Symbol.dispose](): void {
    for (const [signal, listener] of Object.entries(this.#on)) process.off(signal, listener);
    writeAll(1, LEAVE);
  }
}

function fitting(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  const shown = lines.slice(0, Math.max(rows - 1, 0));
  return [...shown, `... and ${lines.length - shown.length} more`];
}
