import { expect, test } from "bun:test";
import { colorEnabled } from "../../src/console/color.ts";

const OFF = { json: false, noColorFlag: false, terminal: false, env: {} };

test.each<[what: string, given: Partial<typeof OFF> & { env?: Record<string, string> }, colored: boolean]>([
  ["a terminal", { terminal: true }, true],
  ["a pipe", {}, false],
  ["a pipe with FORCE_COLOR", { env: { FORCE_COLOR: "1" } }, true],
  ["a pipe with CLICOLOR_FORCE", { env: { CLICOLOR_FORCE: "1" } }, true],
  ["FORCE_COLOR=0 forces nothing", { env: { FORCE_COLOR: "0" } }, false],
  ["FORCE_COLOR=0 on a terminal", { terminal: true, env: { FORCE_COLOR: "0" } }, true],
  ["an empty NO_COLOR on a terminal", { terminal: true, env: { NO_COLOR: "" } }, false],
  ["NO_COLOR against FORCE_COLOR", { env: { NO_COLOR: "1", FORCE_COLOR: "1" } }, false],
  ["--no-color against FORCE_COLOR", { noColorFlag: true, env: { FORCE_COLOR: "1" } }, false],
  ["JSON on a terminal", { json: true, terminal: true }, false],
])("20 section 4, colour: %s", (_what, given, colored) => {
  const { terminal, ...facts } = { ...OFF, ...given };
  expect(colorEnabled({ ...facts, stdoutIsTerminal: () => terminal })).toBe(colored);
});
