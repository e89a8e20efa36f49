import { describe, expect, test } from "bun:test";
import { classify } from "../../src/core/errors.ts";
import { ValidationErrors } from "../../src/core/validation.ts";
import { errorOf } from "../support/error-of.ts";

describe("ValidationErrors (spec/40 section 5)", () => {
  test("tells one problem as field and message", () => {
    const problems = new ValidationErrors().add("name", "must not be empty");
    expect(`${problems}`).toBe("name: must not be empty");
  });

  test("tells a problem of the whole value as its message alone", () => {
    expect(`${new ValidationErrors().add("", "loop name is required")}`).toBe("loop name is required");
  });

  test("joins several problems in the order in which they were added", () => {
    const problems = new ValidationErrors().add("name", "must not be empty").add("port", "must be > 0");
    expect(`${problems}`).toBe("name: must not be empty; port: must be > 0");
    expect(problems.length).toBe(2);
  });

  test("ignores an empty message", () => {
    const problems = new ValidationErrors().add("name", "");
    expect(problems.isEmpty).toBe(true);
    expect(`${problems}`).toBe("");
  });

  test("flattens nested problems under the outer field", () => {
    const inner = new ValidationErrors().add("text", "message text is required").add("", "is broken");
    const outer = new ValidationErrors().add("payload", inner);
    expect(outer.errors).toEqual([
      { field: "payload.text", message: "message text is required" },
      { field: "payload", message: "is broken" },
    ]);
    expect(new ValidationErrors().add("", inner).errors[0]?.field).toBe("text");
  });

  test("checks conditions and required texts, where white space counts as blank", () => {
    const problems = new ValidationErrors()
      .check(true, "a", "never")
      .check(false, "b", "always")
      .require(" \t", "c", "c is required")
      .require(undefined, "d", "d is required")
      .require("x", "e", "e is required");
    expect(`${problems}`).toBe("b: always; c: c is required; d: d is required");
  });

  test("is a list of errors in JSON", () => {
    const problems = new ValidationErrors().add("name", "must not be empty");
    expect(JSON.stringify(problems)).toBe('{"errors":[{"field":"name","message":"must not be empty"}]}');
  });

  test("becomes one error, with the entity before it where one is named", () => {
    const problems = new ValidationErrors().add("name", "loop name is required");
    expect(problems.toForgeError().message).toBe("name: loop name is required");
    const error = errorOf(() => problems.throwIfAny("loop"));
    expect(error.message).toBe("invalid loop: name: loop name is required");
    expect(error.kind).toBe("invalid");
    expect(classify(error.message)).toBe("invalid");
    expect(error.details).toEqual({ errors: [{ field: "name", message: "loop name is required" }] });
  });

  test("reads 'validation failed' when raised without a problem, and does not throw by itself", () => {
    expect(new ValidationErrors().toForgeError().message).toBe("validation failed");
    expect(() => new ValidationErrors().throwIfAny("loop")).not.toThrow();
  });
});
