import { expect, test } from "bun:test";
import { expandVariables, shellAssignment, shellWords, withoutComment } from "../../src/core/shell-words.ts";

test.each([
  ["", []],
  ["  a   b\tc ", ["a", "b", "c"]],
  [`a 'b c' "d e"`, ["a", "b c", "d e"]],
  [`a'b'"c"d`, ["abcd"]],
  [`'it'\\''s'`, ["it's"]],
  [`"a \\"b\\" \\$c \\d"`, ['a "b" $c \\d']],
  ["a\\ b", ["a b"]],
  [`'a\\b'`, ["a\\b"]],
  [`''`, [""]],
  ["a # b", ["a"]],
  ["a#b", ["a#b"]],
  [`'#' "# x"`, ["#", "# x"]],
  [`'open end`, ["open end"]],
  ["end\\", ["end\\"]],
])("%j has the words %j", (line, words) => {
  expect(shellWords(line)).toEqual(words);
});

test("a comment is cut off with what is before it, quotes and blanks kept", () => {
  expect(withoutComment(`a '# b'  "c"   # d`)).toBe(`a '# b'  "c"`);
  expect(withoutComment("# all")).toBe("");
});

test("an assignment is a name, = and anything", () => {
  expect(shellAssignment("A_1=b=c")).toEqual({ name: "A_1", value: "b=c" });
  expect(shellAssignment("A=")).toEqual({ name: "A", value: "" });
  expect([shellAssignment("1A=b"), shellAssignment("a"), shellAssignment("--x=y")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("variables and a leading ~ are expanded", () => {
  const env = { HOME: "/home/u", X: "x$Y" };
  expect(expandVariables(`~/$X/\${X}/$NONE.`, env)).toBe("/home/u/x$Y/x$Y/.");
  expect([expandVariables("~", env), expandVariables("~u/a~", env)]).toEqual(["/home/u", "~u/a~"]);
  expect(expandVariables("~/a", {})).toBe("~/a");
});
