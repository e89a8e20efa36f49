import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { paintWith } from "../../src/console/color.ts";
import { SupervisorLog } from "../../src/supervisor/log.ts";
import { RotatingFile } from "../../src/supervisor/log-file.ts";
import { Sandbox } from "../support/sandbox.ts";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox[Symbol.asyncDispose]());

function logged(format: string, level: string, tell: (log: SupervisorLog) => void, colored = false): string {
  let text = "";
  const now = () => Date.parse("2026-01-02T03:04:05Z");
  tell(new SupervisorLog({ format, level, now, paint: paintWith(colored), write: (line) => (text += line) }));
  return text;
}

test("lines for people have time, level, message and values (spec/70 section 10.1)", () => {
  expect(
    logged("console", "info", (log) => log.info("forged ready", { socket: "/run/a b", config: "" })),
  ).toBe('03:04:05 INFO component=forged forged ready socket="/run/a b" config=""\n');
  expect(logged("console", "info", (log) => log.error("two\nlines", { loop: undefined }))).toBe(
    "03:04:05 ERROR component=forged two lines\n",
  );
});

test("lines for programs are JSON", () => {
  expect(JSON.parse(logged("json", "info", (log) => log.warn('a "word"\n', { n: 1 })))).toEqual({
    ...{ time: "2026-01-02T03:04:05Z", level: "warn", component: "forged", n: 1 },
    message: 'a "word"\n',
  });
});

test.each([
  ["debug", 4],
  ["info", 3],
  ["warn", 2],
  ["error", 1],
])("at level %s %d of four lines are written", (level, count) => {
  const text = logged("console", level, (log) => {
    log.debug("a");
    log.info("b");
    log.warn("c");
    log.error("d");
  });
  expect(text.split("\n").length - 1).toBe(count);
});

test("colours are there where they are wanted", () => {
  expect(logged("console", "info", (log) => log.warn("careful"), true)).toContain("\u001b[33mWARN\u001b[0m");
});

test("a log that has grown large begins anew, and three older ones are kept", () => {
  const path = join(sandbox.folder, "logs/forged.log");
  using file = new RotatingFile(path, 10);
  for (const text of ["one 567890", "two 567890", "three 7890", "four 67890", "five 67890"]) file.write(text);
  const texts = ["", ".1", ".2", ".3"].map((end) => readFileSync(`${path}${end}`, "utf8"));
  expect(texts).toEqual(["five 67890", "four 67890", "three 7890", "two 567890"]);
  expect(existsSync(`${path}.4`)).toBe(false);
  expect((statSync(path).mode & 0o777).toString(8)).toBe("644");
});
