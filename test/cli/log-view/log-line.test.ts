import { describe, expect, test } from "bun:test";
import { rendered, sgr } from "./rendering.ts";

describe("lines come from agents and must not steer the terminal", () => {
  const cases: [what: string, line: string, plain: string, colored?: string][] = [
    ["a tab stays", "a\tb", "a\tb"],
    ["a bell, a backspace, DEL", "a\u0007b\u0008\u007f", "a\\x07b\\x08\\x7f"],
    ["NUL", "a\u0000b", "a\\x00b"],
    ["C1 controls", "a\u009b2J", "a\\x9b2J"],
    ["a return inside the line", "10%\r20%", "10%\\r20%"],
    ["bidirectional overrides", "a\u202eb", "a\\u202eb"],
    ["cursor and screen sequences go", "a\u001b[2J\u001b[1;1Hb", "ab"],
    ["window titles and links go", "a\u001b]0;t\u0007b\u001b]8;;http://x\u001b\\c", "abc"],
    ["a sequence that does not end is shown", "a\u001b]0;t", "a\\x1b]0;t"],
    ["a bare escape is shown", "a\u001bcb", "a\\x1bcb"],
    [
      "colours stay where colour is on",
      "\u001b[31mred\u001b[0m x",
      "red x",
      "\u001b[31mred\u001b[0m x\u001b[0m",
    ],
    ["colours end with the line", "\u001b[1;32mgreen", "green", "\u001b[1;32mgreen\u001b[0m"],
    [
      "a sequence made by taking one out is shown",
      "\u001b\u001b[m[2Jx",
      "\\x1b[2Jx",
      "\\x1b\u001b[m[2Jx\u001b[0m",
    ],
  ];
  for (const [what, line, plain, colored = plain] of cases)
    test(what, () => {
      expect(rendered([line])).toEqual([plain]);
      expect(rendered([line], { color: true })).toEqual([colored]);
    });
});

test("a coloured line is classified by its words and takes the colour of its section", () => {
  expect(rendered(["\u001b[31merror: x\u001b[0m"])).toEqual(["[ERROR] error: x"]);
  expect(rendered(["\u001b[31merror: x\u001b[0m"], { color: true })).toEqual([sgr("1;31", "error: x")]);
  expect(rendered(["@@ x", "\u001b[31m-a\u001b[m"], { color: true })[1]).toBe(sgr("31", "-a"));
});

describe("20, edge cases: log with invalid UTF-8, 1 MB lines, CRLF", () => {
  test("a trailing CR does not count", () => {
    expect(rendered(["user\r", "```\r", "a\r\r", "```\r", "codex\r"])).toEqual([
      ">> user",
      "\u2500".repeat(40),
      "```",
      "a",
      "```",
      "\u2500".repeat(40),
      ">> codex",
    ]);
  });

  const megabyte = 1_000_000;
  const long = [
    "x",
    "\r",
    " ",
    "`",
    ".",
    "a.b:",
    "\u001b]",
    "\u001b[0",
    "A::b",
    "-",
    "[",
    "\\",
    "\u0007",
    "\t",
    "\u{1f600}",
  ].map((part) => part.repeat(megabyte / part.length));
  test.each([
    ["text", (line: string) => [line]],
    ["an error", (line: string) => ["error: x", `    ${line}`]],
    ["an error name", (line: string) => [`Error${line}`]],
    ["a prompt", (line: string) => [`$ ${line}`]],
    ["an exit line", (line: string) => [`exit code: ${line}`]],
    ["a change", (line: string) => ["@@ x", `-${line}1`, `+${line}2`]],
    ["an event", (line: string) => [JSON.stringify({ type: "custom", line })]],
    ["something like an event", (line: string) => [`{"type":"${line}`]],
    ["deep nesting", () => [`{"type":${"[".repeat(megabyte)}`]],
  ])("a line of 1 MB is no trap: %s", (_name, lines) => {
    for (const line of long) {
      const start = performance.now();
      rendered(lines(line), { color: true });
      expect(performance.now() - start).toBeLessThan(20_000);
    }
  });
});
