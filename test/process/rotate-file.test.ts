import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rotateFile } from "../../src/process/rotate-file.ts";
import { Sandbox } from "../support/sandbox.ts";

test.each([
  [3, ["e", "d", "c"]],
  [1, ["e"]],
  [0, ["e", "d", "c", "b", "a"]],
])("with %p kept, five generations leave %p", async (kept, left) => {
  await using sandbox = new Sandbox();
  const path = join(sandbox.folder, "log");
  for (const text of ["a", "b", "c", "d", "e"]) {
    writeFileSync(path, text);
    rotateFile(path, kept);
  }
  expect(existsSync(path)).toBe(false);
  const ages = [1, 2, 3, 4, 5, 6].map((age) => `${path}.${age}`).filter((aged) => existsSync(aged));
  expect(ages.map((aged) => readFileSync(aged, "utf8"))).toEqual(left);
});

test("a file that is missing is fine", async () => {
  await using sandbox = new Sandbox();
  expect(() => rotateFile(join(sandbox.folder, "log"), 3)).not.toThrow();
});
