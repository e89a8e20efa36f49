import { expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LoopLog } from "../../src/runner/loop-log.ts";

test("a log that was closed writes nowhere, whatever file has its number now", async () => {
  const folder = mkdtempSync(join(tmpdir(), "forge-log-"));
  const log = new LoopLog(join(folder, "a.log"), Date.now);
  log.line("first");
  log[Symbol.dispose]();
  const other = openSync(join(folder, "other"), "w+");
  log.line("late");
  await expect(log.output(Buffer.from("late"))).rejects.toThrow();
  closeSync(other);
  expect(readFileSync(join(folder, "other"), "utf8")).toBe("");
  expect(readFileSync(join(folder, "a.log"), "utf8")).toMatch(/^\[\S+Z\] first\n$/);
  rmSync(folder, { recursive: true });
});
