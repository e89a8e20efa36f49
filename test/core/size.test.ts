import { expect, test } from "bun:test";
import { formatSize, parseSize } from "../../src/core/size.ts";
import { errorOf } from "../support/error-of.ts";

test.each([
  ["0", 0],
  ["4096", 4096],
  ["1KB", 1000],
  ["20MB", 20_000_000],
  ["2GB", 2_000_000_000],
  ["1KiB", 1024],
  ["256MiB", 268_435_456],
  ["1.5GiB", 1_610_612_736],
  [" 3 KB ", 3000],
])("%j is %d bytes (spec/30 section 21)", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(["", "MB", "-1", "1kb", "1TB", "1e3", "0x10", "1 000", "20MB!", "1constructor"])(
  "%j is no size",
  (text) => {
    expect(errorOf(() => parseSize(text)).message).toBe(`invalid size ${JSON.stringify(text)}`);
  },
);

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1KB"],
  [1024, "1KiB"],
  [20_000_000, "20MB"],
  [268_435_456, "256MiB"],
  [4097, "4097"],
])("%d bytes are shown as %s, which reads back", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
  expect(parseSize(text)).toBe(bytes);
});
