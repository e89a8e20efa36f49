import { describe, expect, test } from "bun:test";
import {
  type Loop,
  loopJson,
  loopVerbJson,
  parseLoopState,
  readLoopState,
  validateLoop,
} from "../../src/core/loop.ts";
import { LOOP_STATES, type LoopState } from "../../src/core/loop-state.ts";
import {
  loopId,
  poolId,
  profileId,
  SAMPLE_TIME,
  SAMPLE_TIME_TEXT,
  sampleLoop,
} from "../support/core-samples.ts";
import { errorOf } from "../support/error-of.ts";
import { jsonKeys } from "../support/json-keys.ts";

const full: Loop = sampleLoop({
  basePromptPath: "/repo/PROMPT.md",
  basePromptMsg: "Review.",
  maxIterations: 3,
  maxRuntimeSeconds: 3600,
  poolId: poolId("pool"),
  profileId: profileId("profile"),
  lastRunAt: SAMPLE_TIME,
  lastExitCode: 0,
  lastError: "max iterations reached (3)",
  logPath: "/data/builder.log",
  ledgerPath: "/repo/.forge/ledgers/builder.md",
  tags: ["core"],
  metadata: { iteration_count: 3 },
});

describe("loop states", () => {
  test.each([...LOOP_STATES])("%s is one", (state) => {
    expect(parseLoopState(state)).toBe(state);
  });

  test.each(["Running", "", "sleeping ", "bogus"])("%j is none", (text) => {
    expect(errorOf(() => parseLoopState(text)).message).toBe(`invalid loop state: ${text}`);
    expect(readLoopState(text)).toBe("stopped");
  });
});

describe("loop JSON", () => {
  test("has the fields of spec/40 section 3 in their order", () => {
    expect(jsonKeys(loopJson(full))).toEqual([
      "id",
      "short_id",
      "name",
      "repo_path",
      "base_prompt_path",
      "base_prompt_msg",
      "interval_seconds",
      "max_iterations",
      "max_runtime_seconds",
      "pool_id",
      "profile_id",
      "state",
      "last_run_at",
      "last_exit_code",
      "last_error",
      "log_path",
      "ledger_path",
      "tags",
      "metadata",
      "created_at",
      "updated_at",
    ]);
  });

  test("leaves out what is empty, but not an exit code of 0 or an interval of 0", () => {
    const bare = sampleLoop({ intervalSeconds: 0, lastExitCode: 0, lastError: "", metadata: {} });
    expect(JSON.parse(JSON.stringify(loopJson(bare)))).toEqual({
      id: bare.id,
      short_id: "kxcb0dm5",
      name: "builder",
      repo_path: "/repo",
      interval_seconds: 0,
      state: "stopped",
      last_exit_code: 0,
      created_at: SAMPLE_TIME_TEXT,
      updated_at: SAMPLE_TIME_TEXT,
    });
  });

  test("of the verbs always has pool and profile, and tells the last run twice (spec/20 section 7.2)", () => {
    const bare = loopVerbJson(sampleLoop());
    expect([bare.pool_id, bare.profile_id]).toEqual(["", ""]);
    expect(jsonKeys(bare)).not.toContain("last_run");
    const keys = jsonKeys(loopVerbJson(full));
    expect(keys.slice(keys.indexOf("last_run_at"))).toEqual([
      "last_run_at",
      "last_run",
      ...jsonKeys(loopJson(full)).slice(13),
    ]);
    expect(loopVerbJson(full).last_run).toBe(SAMPLE_TIME_TEXT);
  });

  test("spec/40 edge cases: a row with NULL short_id is shown by the first 8 characters of its id", () => {
    const row = sampleLoop({ shortId: "", id: loopId("0123456789abcdef") });
    expect(loopJson(row).short_id).toBe("01234567");
  });
});

describe("loop validation (spec/40 section 5)", () => {
  test("accepts a sound loop", () => {
    expect(() => validateLoop(full)).not.toThrow();
  });

  test("reports all problems at once, in order", () => {
    const bad = sampleLoop({
      name: " ",
      repoPath: "",
      shortId: "x!",
      intervalSeconds: -1,
      maxIterations: -1,
      maxRuntimeSeconds: Number.NaN,
    });
    expect(errorOf(() => validateLoop(bad)).message).toBe(
      "invalid loop: name: loop name is required; repo_path: loop repo path is required; " +
        "short_id: loop short ID must be 6-9 alphanumeric characters; interval_seconds: interval_seconds must be >= 0; " +
        "max_iterations: max_iterations must be >= 0; max_runtime_seconds: max_runtime_seconds must be >= 0",
    );
  });

  test("reports a bad state alone, when nothing else is wrong", () => {
    const state = "paused" as LoopState; // what a caller without types could pass
    expect(errorOf(() => validateLoop(sampleLoop({ state }))).message).toBe(
      "invalid loop: invalid loop state",
    );
    expect(errorOf(() => validateLoop(sampleLoop({ state, name: "" }))).message).toBe(
      "invalid loop: name: loop name is required",
    );
  });
});
