import { expect, test } from "bun:test";
import { pastedName } from "../../src/core/pasted-name.ts";
import { loopId } from "../support/core-samples.ts";

const loop = (name: string) => ({ id: loopId("id"), shortId: "abc12301", name });

test.each(["alpha", "w-1", "a.b_c"])("the name %s can be pasted", (name) => {
  expect(pastedName(loop(name))).toBe(name);
});

test.each(["my loop", "$(rm -rf x)", "-force", "a;b", "", "caf\u00e9"])(
  "in place of %p the short id is pasted",
  (name) => {
    expect(pastedName(loop(name))).toBe("abc12301");
  },
);
