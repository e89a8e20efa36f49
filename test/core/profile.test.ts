import { describe, expect, test } from "bun:test";
import {
  HARNESSES,
  maskedEnv,
  type PromptMode,
  parseHarness,
  parseHarnessWord,
  parsePromptMode,
  profileJson,
  shownHarness,
  storedHarness,
  validateProfile,
} from "../../src/core/profile.ts";
import { SAMPLE_TIME, SAMPLE_TIME_TEXT, sampleProfile } from "../support/core-samples.ts";
import { errorOf } from "../support/error-of.ts";
import { jsonKeys } from "../support/json-keys.ts";

describe("harness names", () => {
  test("are exact in data, where empty text is generic", () => {
    for (const harness of HARNESSES) expect(parseHarness(harness)).toBe(harness);
    expect(parseHarness("")).toBe("generic");
    expect(errorOf(() => parseHarness("Claude")).message).toBe("invalid harness: Claude");
  });

  test("generic is stored as empty text and printed by its name (spec/15 section 1.1)", () => {
    expect(HARNESSES.map(storedHarness)).toEqual(["pi", "opencode", "codex", "claude", "droid", "amp", ""]);
    for (const harness of HARNESSES) expect(shownHarness(storedHarness(harness))).toBe(harness);
  });

  test.each([
    ["claude", "claude"],
    ["Claude-Code", "claude"],
    ["FACTORY", "droid"],
    [" codex ", "codex"],
    ["generic", "generic"],
  ] as const)("are typed in any case, with aliases: %j", (word, harness) => {
    expect(parseHarnessWord(word)).toBe(harness);
  });

  test.each(["", "cursor"])("are refused when unknown: %j", (word) => {
    const error = errorOf(() => parseHarnessWord(word));
    expect(error.message).toBe(`unknown harness "${word}"`);
    expect(error.hint).toContain("generic");
  });
});

test("a prompt mode is exact, and empty text is env", () => {
  expect(["env", "stdin", "path", ""].map(parsePromptMode)).toEqual(["env", "stdin", "path", "env"]);
  expect(errorOf(() => parsePromptMode("file")).message).toBe("invalid prompt_mode: file");
});

describe("profile JSON (spec/30 section 5.1)", () => {
  test("has its fields in order", () => {
    const full = sampleProfile({
      authKind: "claude",
      authHome: "/home/a",
      model: "opus",
      extraArgs: ["-x"],
      env: { KEY: "secret" },
      cooldownUntil: SAMPLE_TIME,
    });
    expect(jsonKeys(profileJson(full))).toEqual([
      "id",
      "name",
      "harness",
      "auth_kind",
      "auth_home",
      "prompt_mode",
      "command_template",
      "model",
      "extra_args",
      "env",
      "max_concurrency",
      "cooldown_until",
      "created_at",
      "updated_at",
    ]);
  });

  test("leaves out what is empty, but not a concurrency of 0", () => {
    const profile = sampleProfile({ harness: "", authKind: "", maxConcurrency: 0 });
    expect(JSON.parse(JSON.stringify(profileJson(profile)))).toEqual({
      id: profile.id,
      name: "claude-a",
      harness: "generic",
      prompt_mode: "env",
      command_template: "claude -p",
      max_concurrency: 0,
      created_at: SAMPLE_TIME_TEXT,
      updated_at: SAMPLE_TIME_TEXT,
    });
  });

  test("a masked environment shows names and no values", () => {
    expect(maskedEnv({ KEY: "secret", EMPTY: "" })).toEqual({ KEY: "***", EMPTY: "***" });
  });
});

describe("profile validation (spec/40 section 5)", () => {
  test("accepts every stored harness", () => {
    for (const harness of HARNESSES.map(storedHarness)) validateProfile(sampleProfile({ harness }));
  });

  test("reports all problems at once, in order", () => {
    const bad = sampleProfile({ name: "", commandTemplate: " ", maxConcurrency: -1, harness: "bogus" });
    expect(errorOf(() => validateProfile(bad)).message).toBe(
      "invalid profile: name: profile name is required; command_template: command template is required; " +
        "max_concurrency: max_concurrency must be >= 0",
    );
  });

  test("reports a bad harness or prompt mode alone", () => {
    const harness = errorOf(() => validateProfile(sampleProfile({ harness: "bogus" })));
    expect(harness.message).toBe("invalid profile: profile harness is required: invalid harness bogus");
    expect(harness.hint).toContain("claude");
    const promptMode = "file" as PromptMode; // what a caller without types could pass
    expect(errorOf(() => validateProfile(sampleProfile({ promptMode }))).message).toBe(
      "invalid profile: invalid prompt_mode: file",
    );
  });

  test("refuses the printed name of generic: stored, it would mislead other implementations", () => {
    expect(() => validateProfile(sampleProfile({ harness: "generic" }))).toThrow("invalid harness generic");
  });
});
