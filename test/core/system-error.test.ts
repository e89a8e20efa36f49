import { expect, test } from "bun:test";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode, systemReason } from "../../src/core/system-error.ts";
import { Sandbox } from "../support/sandbox.ts";

function thrownBy(call: () => unknown): unknown {
  try {
    return call();
  } catch (thrown) {
    return thrown;
  }
}

test("a failed system call is told in the words of the system, without call and path", async () => {
  await using sandbox = new Sandbox();
  const missing = thrownBy(() => readFileSync(join(sandbox.folder, "none")));
  const folder = thrownBy(() => readFileSync(sandbox.folder));
  const exists = thrownBy(() => mkdirSync(sandbox.folder));
  expect([missing, folder, exists].map(systemErrorCode)).toEqual(["ENOENT", "EISDIR", "EEXIST"]);
  expect([missing, folder, exists].map(systemReason)).toEqual([
    "no such file or directory",
    "is a directory",
    "file exists",
  ]);
});

test("any other thrown value gives its own text and no code", () => {
  expect([systemReason(new Error("odd")), systemErrorCode(new Error("odd"))]).toEqual(["odd", undefined]);
  expect([systemReason("text"), systemErrorCode("text")]).toEqual(["text", undefined]);
});
