import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { slug } from "../../src/core/slug.ts";

describe("the file name of a loop (spec/10 section 1)", () => {
  test.each([
    ["My Loop_X-1", "my-loop-x-1"],
    ["my--loop x-1", "my-loop-x-1"],
    ["Ops: A/B", "ops-ab"],
    ["Uni Code!", "uni-code"],
    ["a-!-b", "a-b"],
    ["-a_", "a"],
    ["\u4f60\u597d", "the-id"],
    ["", "the-id"],
    ["../../etc/passwd", "etcpasswd"],
    ["tab\there", "tabhere"],
  ])("of %j is %s", (name, expected) => {
    expect(slug(name, "the-id")).toBe(expected);
  });

  test("is a plain file name whatever the loop is called, and its own slug", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "grapheme" })), (name) => {
        const made = slug(name, "the-id");
        expect(made).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(slug(made, "x")).toBe(made);
      }),
    );
  });
});
