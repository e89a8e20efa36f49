import { expect, test } from "bun:test";
import { LineAssembler, LONGEST_LINE } from "../../../src/cli/log-view/line-assembler.ts";

const texts = (lines: readonly Uint8Array[]) => lines.map((line) => Buffer.from(line).toString());

test("lines come whole, wherever the blocks end", () => {
  const assembler = new LineAssembler();
  expect(texts(assembler.push(Buffer.from("a\nb")))).toEqual(["a\n"]);
  expect(texts(assembler.push(Buffer.from("c")))).toEqual([]);
  expect(texts(assembler.push(Buffer.from("d\n\ne")))).toEqual(["bcd\n", "\n"]);
  expect(texts([assembler.takeRest(), assembler.takeRest()])).toEqual(["e", ""]);
});

test("only LF ends a line", () => {
  expect(texts(new LineAssembler().push(Buffer.from("a\u2028b\rc\n")))).toEqual(["a\u2028b\rc\n"]);
});

test("what is kept of a block survives that the block is filled again", () => {
  const assembler = new LineAssembler();
  const block = Buffer.from("ab");
  assembler.push(block);
  block.fill("x");
  expect(texts(assembler.push(Buffer.from("c\n")))).toEqual(["abc\n"]);
});

test("a line without end is handed on in pieces, so that it cannot fill the memory", () => {
  const assembler = new LineAssembler();
  const block = new Uint8Array(1024 * 1024).fill(0x78);
  const pieces = Array.from({ length: 20 }, () => assembler.push(block)).flat();
  expect(pieces.map((piece) => piece.length)).toEqual([LONGEST_LINE, LONGEST_LINE]);
});
