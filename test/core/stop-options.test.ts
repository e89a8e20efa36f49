import { describe, expect, test } from "bun:test";
import { classify } from "../../src/core/errors.ts";
import { isUntilRule } from "../../src/core/stop-config.ts";
import {
  type QualitativeOptions,
  type QuantitativeOptions,
  type StopOptions,
  stopConfigFrom,
} from "../../src/core/stop-options.ts";
import { errorOf } from "../support/error-of.ts";

const nothing: StopOptions = {
  isQuantitativeGiven: false,
  quantitative: {
    every: 1,
    when: "before",
    decision: "stop",
    exitInvert: false,
    stdout: "any",
    stderr: "any",
    timeout: 0,
  },
  qualitative: { every: 0, onInvalid: "continue" },
};

const quantitative = (changes: Partial<QuantitativeOptions>): StopOptions => ({
  ...nothing,
  quantitative: { ...nothing.quantitative, command: "make check", ...changes },
});

const qualitative = (changes: Partial<QualitativeOptions>): StopOptions => ({
  ...nothing,
  qualitative: { ...nothing.qualitative, ...changes },
});

const stopConfig = (options: StopOptions) => stopConfigFrom(options, (reference) => `/repo/${reference}`);

describe("smart-stop flags (spec/20 section 6)", () => {
  test("that say nothing give no rules", () => {
    expect(stopConfig(nothing)).toBeUndefined();
  });

  test("without a command give no quantitative stop, whatever else they say", () => {
    expect(stopConfig(quantitative({ command: " ", every: 0, when: "never" }))).toBeUndefined();
  });

  test("with a command alone stop on exit code 0", () => {
    expect(stopConfig(quantitative({}))?.quantitative).toMatchObject({
      command: "make check",
      every: 1,
      when: "before",
      decision: "stop",
      exitCodes: [0],
      timeoutSeconds: 0,
    });
  });

  test.each([
    [{ exitCodes: "1, 2,-1" }, [1, 2, -1]],
    [{ stdout: "NonEmpty" }, []],
    [{ stderrRegex: "x" }, []],
    [{ stdoutRegex: " " }, [0]],
  ])("with a criterion of their own use that: %j", (changes, exitCodes) => {
    expect(stopConfig(quantitative(changes))?.quantitative?.exitCodes).toEqual(exitCodes);
  });

  test("keep a timeout below a second, which would be none when rounded", () => {
    expect(stopConfig(quantitative({ timeout: 400 }))?.quantitative?.timeoutSeconds).toBe(1);
    expect(stopConfig(quantitative({ timeout: 2400 }))?.quantitative?.timeoutSeconds).toBe(2);
  });

  test("name a judge's prompt by file or by text", () => {
    expect(stopConfig(qualitative({ every: 2, prompt: "judge.md" }))?.qualitative).toEqual({
      every: 2,
      prompt: "/repo/judge.md",
      promptIsPath: true,
      onInvalid: "continue",
    });
    const byText = qualitative({ every: 2, promptMessage: " Done? ", onInvalid: "stop" });
    expect(stopConfig(byText)?.qualitative).toEqual({
      every: 2,
      prompt: " Done? ",
      promptIsPath: false,
      onInvalid: "stop",
    });
  });

  test.each([
    [quantitative({ every: 0 }), "quantitative stop every must be > 0"],
    [quantitative({ when: "never" }), "quantitative stop when must be one of before|after|both"],
    [quantitative({ decision: "maybe" }), "quantitative stop decision must be one of stop|continue"],
    [quantitative({ exitCodes: "0,x" }), 'quantitative stop exit codes: invalid int "x"'],
    [quantitative({ exitCodes: "1.5" }), 'quantitative stop exit codes: invalid int "1.5"'],
    [quantitative({ stdout: "loud" }), "quantitative stop stdout mode must be one of any|empty|nonempty"],
    [quantitative({ stderr: "" }), "quantitative stop stderr mode must be one of any|empty|nonempty"],
    [quantitative({ timeout: -1 }), "quantitative stop timeout must be >= 0"],
    [qualitative({ prompt: "judge.md" }), "qualitative stop every must be > 0"],
    [qualitative({ promptMessage: "Done?" }), "qualitative stop every must be > 0"],
    [qualitative({ onInvalid: "stop" }), "qualitative stop every must be > 0"],
    [qualitative({ every: -1 }), "qualitative stop every must be > 0"],
    [
      qualitative({ every: 1, prompt: "a", promptMessage: "b" }),
      "use either --qualitative-stop-prompt or --qualitative-stop-prompt-msg, not both",
    ],
    [
      qualitative({ every: 1 }),
      "qualitative stop requires --qualitative-stop-prompt or --qualitative-stop-prompt-msg",
    ],
    [
      qualitative({ every: 1, prompt: "a", onInvalid: "panic" }),
      "qualitative stop on invalid must be one of stop|continue",
    ],
  ])("that make no sense are refused: case %#", (options, message) => {
    const error = errorOf(() => stopConfig(options));
    expect(error.message).toBe(message);
    expect(error.kind).toBe(classify(message));
  });
});

describe("--until (spec/15 section 7.2)", () => {
  test("is a quantitative stop before and after each run, on exit code 0", () => {
    const rule = stopConfig({ ...nothing, until: "make test" })?.quantitative;
    expect(rule).toEqual(
      stopConfig(quantitative({ command: "make test", when: "both", exitCodes: "0" }))?.quantitative,
    );
    expect(rule && isUntilRule(rule)).toBe(true);
  });

  test.each([
    [{ when: "before" }],
    [{ every: 2 }],
    [{ decision: "continue" }],
    [{ exitCodes: "1" }],
    [{ exitInvert: true, exitCodes: "0" }],
    [{ timeout: 60_000, exitCodes: "0" }],
    [{ stdoutRegex: "done", exitCodes: "0" }],
  ])("is not what %p says", (changes: Partial<QuantitativeOptions>) => {
    const rule = stopConfig(quantitative({ when: "both", ...changes }))?.quantitative;
    expect(rule && isUntilRule(rule)).toBe(false);
  });

  test("goes with no other flag of its kind", () => {
    const both = { ...quantitative({}), until: "make test", isQuantitativeGiven: true };
    expect(errorOf(() => stopConfig(both)).message).toBe(
      "use either --until or --quantitative-stop-..., not both",
    );
  });
});
