import { describe, expect, test } from "bun:test";
import { enumParser, enumReader, isOneOf } from "../../src/core/enum.ts";
import { errorOf } from "../support/error-of.ts";

const COLOURS = ["red", "green"] as const;

describe("enums (spec/40 section 2)", () => {
  const parse = enumParser(COLOURS, (text) => `invalid colour: ${text}`);

  test("are exact and case sensitive", () => {
    expect(isOneOf(COLOURS, "red")).toBe(true);
    expect(isOneOf(COLOURS, "Red")).toBe(false);
    expect(isOneOf(COLOURS, "red ")).toBe(false);
    expect(parse("green")).toBe("green");
  });

  test("refuse an unknown value with the given message, and name the valid ones as a hint", () => {
    const error = errorOf(() => parse("Red"));
    expect(error.message).toBe("invalid colour: Red");
    expect(error.kind).toBe("invalid");
    expect(error.hint).toBe("Valid: red, green");
  });

  test("keep the class of the message whatever the value says", () => {
    expect(errorOf(() => parse("not found")).kind).toBe("invalid");
    const unknown = enumParser(COLOURS, (text) => `unknown colour "${text}"`);
    expect(errorOf(() => unknown("blue")).kind).toBe("unknown");
  });

  test("read what they do not know as the fallback", () => {
    const read = enumReader(COLOURS, "red");
    expect(read("green")).toBe("green");
    expect(read("mauve")).toBe("red");
    expect(read("")).toBe("red");
    expect(read(null)).toBe("red");
  });
});
