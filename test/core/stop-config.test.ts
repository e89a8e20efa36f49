import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readStopConfig, type StopConfig, stopConfigJson } from "../../src/core/stop-config.ts";

/** What a reader finds after the rules went through a metadata column. */
const stored = (config: StopConfig): unknown => JSON.parse(JSON.stringify(stopConfigJson(config)));

const full: StopConfig = {
  quantitative: {
    command: "make check",
    every: 2,
    when: "both",
    decision: "continue",
    exitCodes: [0, 2],
    exitInvert: true,
    stdoutMode: "empty",
    stderrMode: "nonempty",
    stdoutRegex: "(?i)done",
    stderrRegex: "x",
    timeoutSeconds: 30,
  },
  qualitative: { every: 5, prompt: "/repo/judge.md", promptIsPath: true, onInvalid: "stop" },
};

describe("stop rules (spec/40 section 3.2)", () => {
  test("are stored under the names of other implementations", () => {
    expect(stored(full)).toEqual({
      quant: {
        cmd: "make check",
        every_n: 2,
        when: "both",
        decision: "continue",
        exit_codes: [0, 2],
        exit_invert: true,
        stdout_mode: "empty",
        stderr_mode: "nonempty",
        stdout_regex: "(?i)done",
        stderr_regex: "x",
        timeout_seconds: 30,
      },
      qual: { every_n: 5, prompt: { prompt: "/repo/judge.md", is_path: true }, on_invalid: "stop" },
    });
  });

  test("are the same after they were stored, also in halves", () => {
    expect(readStopConfig(stored(full))).toEqual(full);
    const { quantitative, qualitative } = full;
    expect(readStopConfig(stored({ quantitative }))).toEqual({ quantitative });
    expect(readStopConfig(stored({ qualitative }))).toEqual({ qualitative });
  });

  test("leave out absent halves and empty fields", () => {
    const quantitative = readStopConfig({ quant: { cmd: "true" } })?.quantitative;
    expect(stored({ quantitative })).toEqual({
      quant: {
        cmd: "true",
        every_n: 1,
        when: "before",
        decision: "stop",
        stdout_mode: "any",
        stderr_mode: "any",
      },
    });
  });
});

describe("stop rules that others wrote", () => {
  test.each([
    [undefined],
    [null],
    ["{"],
    [[]],
    [7],
    [{}],
    [{ quant: null, qual: null }],
    [{ quant: "x", qual: [] }],
  ])("%j holds none", (value) => {
    expect(readStopConfig(value)).toBeUndefined();
  });

  test("may name the judge's prompt in the flat form", () => {
    const qual = { every_n: 2, prompt: "judge.md", is_prompt_path: true };
    expect(readStopConfig({ quant: null, qual })?.qualitative).toEqual({
      every: 2,
      prompt: "judge.md",
      promptIsPath: true,
      onInvalid: "continue",
    });
    expect(readStopConfig({ qual: { every_n: 1, prompt: "Done?" } })?.qualitative?.promptIsPath).toBe(false);
  });

  test.each([[{ every_n: 1 }], [{ prompt: null }], [{ prompt: { prompt: "" } }]])(
    "without a judge's prompt hold no judge: %j",
    (qual) => {
      expect(readStopConfig({ qual })).toBeUndefined();
    },
  );

  test("fall back where a value is unknown (spec/10 section 9.1)", () => {
    const quant = {
      cmd: "true",
      every_n: 0,
      when: "sometimes",
      decision: "maybe",
      exit_codes: [0, "3", 4.0, "x", null],
      exit_invert: "yes",
      stdout_mode: "NonEmpty",
      stderr_mode: "loud",
      stdout_regex: "  ",
      stderr_regex: null,
      timeout_seconds: "30",
    };
    expect(readStopConfig({ quant })?.quantitative).toEqual({
      command: "true",
      every: 1,
      when: "before",
      decision: "stop",
      exitCodes: [0, 3, 4],
      exitInvert: false,
      stdoutMode: "nonempty",
      stderrMode: "any",
      timeoutSeconds: 30,
    });
  });

  test("never make the reader fail", () => {
    const half = fc.dictionary(
      fc.constantFrom("cmd", "every_n", "exit_codes", "prompt", "when"),
      fc.anything(),
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ quant: half, qual: half })), (value) => {
        const config = readStopConfig(value);
        if (config) expect(readStopConfig(stored(config))).toEqual(config);
      }),
    );
  });
});
