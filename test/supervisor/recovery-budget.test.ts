import { afterEach, beforeEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { spendRecovery } from "../../src/supervisor/recovery-budget.ts";
import { Sandbox } from "../support/sandbox.ts";

let sandbox: Sandbox;
let path: string;
beforeEach(() => {
  sandbox = new Sandbox();
  path = join(sandbox.folder, "runners/recoveries.json");
});
afterEach(() => sandbox[Symbol.asyncDispose]());

const MINUTE = 60_000;

test("three starts within ten minutes, each name for itself", () => {
  const spent = [0, 1, 2, 3, 9.9].map((minute) => spendRecovery(path, "forged", minute * MINUTE));
  expect(spent).toEqual([true, true, true, false, false]);
  expect(spendRecovery(path, "a loop", 3 * MINUTE)).toBe(true);
  // The first one has passed.
  expect(spendRecovery(path, "forged", 10 * MINUTE)).toBe(true);
  expect(spendRecovery(path, "forged", 10 * MINUTE)).toBe(false);
});

test("a clock that was set back does not lock anybody out", () => {
  for (let times = 0; times < 3; times++) spendRecovery(path, "forged", 1e12);
  expect(spendRecovery(path, "forged", 1e11)).toBe(true);
});

test.each(["", "not JSON", "[]", '{"forged": 7}', '{"forged": ["never"]}'])(
  "a file that says %j counts as none",
  (text) => {
    spendRecovery(path, "forged", 0);
    writeFileSync(path, text);
    expect(spendRecovery(path, "forged", 0)).toBe(true);
  },
);
