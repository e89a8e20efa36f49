import { expect, test } from "bun:test";
import { roughSize } from "../../src/core/rough-size.ts";

test.each([
  [0, "0B"],
  [999, "999B"],
  [1000, "1.0KB"],
  [9949, "9.9KB"],
  [9950, "10KB"],
  [999_499, "999KB"],
  [999_500, "1.0MB"],
  [37_400_000, "37MB"],
  [1.5e9, "1.5GB"],
  [2e15, "2000TB"],
])("%p bytes are %s", (size, text) => expect(roughSize(size)).toBe(text));
