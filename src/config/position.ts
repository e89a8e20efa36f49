import { isNode, LineCounter, parseDocument } from "yaml";
import type { KeyPath, Position } from "./problem.ts";

/**
 * Places in a YAML text. The parser of the runtime tells none, so the text is parsed again by one that does: only on the way
 * to an error, because it is slow to load.
 */
export class YamlPositions {
  readonly #lines = new LineCounter();
  readonly #document: ReturnType<typeof parseDocument>;

  constructor(text: string) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  /** What is wrong with the text as one YAML document; the parser of the runtime minds less, duplicate keys for one. */
  complaints(): { message: string; position: Position }[] {
    return this.#document.errors.map(({ message, pos }) => ({ message, position: this.#position(pos[0]) }));
  }

  /** Where a value stands, or the nearest one around it that is there. */
  of(at: KeyPath): Position | undefined {
    for (let length = at.length; length > 0; length--) {
      const node = this.#document.getIn(at.slice(0, length), true);
      if (isNode(node) && node.range) return this.#position(node.range[0]);
    }
    return undefined;
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
}
