import { expect, test } from "bun:test";
import { table } from "../../src/console/table.ts";

test("20 section 4: columns are padded by what the terminal shows, the last one is not", () => {
  expect(
    table(
      ["A", "NAME", "LAST"],
      [
        ["\u001b[33mx\u001b[0my", "日本", ""],
        ["1", "abcdef", "z"],
      ],
    ),
  ).toBe("A   NAME    LAST\n\u001b[33mx\u001b[0my  日本    \n1   abcdef  z\n");
});
