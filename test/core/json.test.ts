import { describe, expect, test } from "bun:test";
import { isJsonObject, jsonOrText, omitEmpty, optionalTime } from "../../src/core/json.ts";

describe("JSON forms", () => {
  test.each([[""], [0], [false], [null], [undefined], [[]], [{}]])("leave out %j", (value) => {
    expect(JSON.stringify({ key: omitEmpty<unknown>(value) })).toBe("{}");
  });

  test.each([["a"], [1], [-1], [true], [[0]], [{ a: undefined }], [" "]])("keep %j", (value) => {
    expect(omitEmpty<unknown>(value)).toBe(value);
  });

  test("embed a JSON text as its value and any other text as it is", () => {
    expect(jsonOrText('{"text":"hi"}')).toEqual({ text: "hi" });
    expect(jsonOrText("null")).toBeNull();
    expect(jsonOrText("{broken")).toBe("{broken");
    expect(jsonOrText("")).toBe("");
  });

  test("print a time that may be absent", () => {
    expect(optionalTime(Date.UTC(2026, 0, 2, 3, 4, 5, 678))).toBe("2026-01-02T03:04:05Z");
    expect(optionalTime(undefined)).toBeUndefined();
  });

  test("tell objects from everything else", () => {
    expect([{}, { a: 1 }].every(isJsonObject)).toBe(true);
    expect([null, [], "a", 1, undefined].some(isJsonObject)).toBe(false);
  });
});
