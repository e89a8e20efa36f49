import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTail } from "../../src/process/tail.ts";
import { Sandbox } from "../support/sandbox.ts";
import { shortestTime } from "../support/shortest-time.ts";

const numbered = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}`);

const long = "é".repeat(100_000);

test.each<[string, string | Buffer, string]>([
  ["nothing", "", ""],
  ["one line", "a\n", "a"],
  ["an unfinished line", "a", "a"],
  ["lines and an unfinished one", "a\nb", "a\nb"],
  ["a blank unfinished line, which is dropped", "a\n  ", "a"],
  ["blank lines, which are kept", "a\n\n\n", "a\n\n"],
  ["exactly 60 lines", `${numbered(60).join("\n")}\n`, numbered(60).join("\n")],
  ["more than 60 lines", `${numbered(100).join("\n")}\n`, numbered(100).slice(40).join("\n")],
  [
    "60 lines before an unfinished one",
    `${numbered(99).join("\n")}\nlast`,
    `${numbered(99).slice(39).join("\n")}\nlast`,
  ],
  ["lines that end in CR LF", "a\r\nb\r\n", "a\r\nb\r"],
  ["U+2028 inside a line", "a\u2028b\n", "a\u2028b"],
  ["bytes that are not UTF-8", Buffer.from([0x61, 0xff, 0x0a]), "a\ufffd"],
  [
    "a line over 64 KiB, which keeps its end and whole characters",
    `first\n${long}\n`,
    `first\n${long.slice(-32 * 1024)}`,
  ],
  ["a line over 64 KiB at an odd place", `${long}x\n`, `${long.slice(-(32 * 1024 - 1))}x`],
])("the tail of %s", async (_what, content, tail) => {
  await using sandbox = new Sandbox();
  const path = join(sandbox.folder, "output");
  writeFileSync(path, content);
  expect(await readTail(path)).toBe(tail);
});

test("a file that is missing has an empty tail", async () => {
  expect(await readTail("/nowhere/output")).toBe("");
});

test("the tail of a large file is read from its end", async () => {
  await using sandbox = new Sandbox();
  const path = join(sandbox.folder, "output");
  writeFileSync(path, `${"x".repeat(99)}\n`.repeat(1_000_000));
  const time = await shortestTime(50, async () => {
    const from = performance.now();
    expect((await readTail(path)).split("\n").length).toBe(60);
    return performance.now() - from;
  });
  expect(time).toBeLessThan(50);
});
