import { describe, expect, test } from "bun:test";
import { loopRunJson, parseRunStatus, RUN_STATUSES, readRunStatus, runKind } from "../../src/core/run.ts";
import { profileId, SAMPLE_TIME, SAMPLE_TIME_TEXT, sampleRun } from "../support/core-samples.ts";
import { errorOf } from "../support/error-of.ts";
import { jsonKeys } from "../support/json-keys.ts";

describe("runs", () => {
  test("have a status of the list; an unknown one in a row counts as running", () => {
    for (const status of RUN_STATUSES) expect(parseRunStatus(status)).toBe(status);
    expect(errorOf(() => parseRunStatus("done")).message).toBe("invalid loop run status: done");
    expect(readRunStatus("done")).toBe("running");
  });

  test("are judge runs only where the metadata says so", () => {
    expect(runKind({ metadata: { kind: "qual_stop" } })).toBe("qual_stop");
    expect(runKind({ metadata: { kind: "main" } })).toBe("main");
    expect(runKind({})).toBe("main");
  });

  test("print the fields of spec/40 section 3 in their order", () => {
    const run = sampleRun({
      profileId: profileId("p"),
      status: "success",
      promptSource: "base",
      promptPath: "/repo/PROMPT.md",
      finishedAt: SAMPLE_TIME,
      exitCode: 0,
      outputTail: "hi",
      metadata: { kind: "main" },
    });
    expect(jsonKeys(loopRunJson(run))).toEqual([
      "id",
      "loop_id",
      "profile_id",
      "status",
      "prompt_source",
      "prompt_path",
      "prompt_override",
      "started_at",
      "finished_at",
      "exit_code",
      "output_tail",
      "metadata",
    ]);
  });

  test("leave out what is empty, but not an override of false", () => {
    const run = sampleRun({ outputTail: "", promptSource: "" });
    expect(JSON.parse(JSON.stringify(loopRunJson(run)))).toEqual({
      id: run.id,
      loop_id: run.loopId,
      status: "running",
      prompt_override: false,
      started_at: SAMPLE_TIME_TEXT,
    });
  });
});
