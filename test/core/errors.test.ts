import { describe, expect, test } from "bun:test";
import { validateAccount } from "../../src/core/account.ts";
import { validateAgentQueueItem } from "../../src/core/agent-queue.ts";
import { parseAlertSeverity, parseAlertType } from "../../src/core/alert.ts";
import { parseApprovalStatus } from "../../src/core/approval.ts";
import { parseCommandLineDuration, parseDuration } from "../../src/core/duration.ts";
import {
  classify,
  type ErrorKind,
  ForgeError,
  notFound,
  preflight,
  toForgeError,
} from "../../src/core/errors.ts";
import { validateEvent } from "../../src/core/event.ts";
import type { ProfileId } from "../../src/core/ids.ts";
import { parseLoopState, validateLoop } from "../../src/core/loop.ts";
import { validateLoopKv } from "../../src/core/loop-kv.ts";
import { resolveLoop } from "../../src/core/loop-reference.ts";
import { parseRecipientType } from "../../src/core/mail.ts";
import { parsePoolStrategy, parsePoolStrategyWord, validatePool } from "../../src/core/pool.ts";
import { parseHarness, parseHarnessWord, parsePromptMode, validateProfile } from "../../src/core/profile.ts";
import { parseQueueItemStatus, parseQueueItemType } from "../../src/core/queue.ts";
import { validateQueueItem, validateQueueItems } from "../../src/core/queue-payload.ts";
import { parseRunStatus } from "../../src/core/run.ts";
import { selectLoops } from "../../src/core/selector.ts";
import { parseTeamRole, parseTeamTaskStatus } from "../../src/core/team.ts";
import { parseTimeExpression } from "../../src/core/time-expression.ts";
import { ValidationErrors } from "../../src/core/validation.ts";
import { loopId, sampleLoop, sampleProfile } from "../support/core-samples.ts";
import { errorOf } from "../support/error-of.ts";

describe("the class of an error by its text (spec/20 section 3.1)", () => {
  test.each([
    ["loop 'a' is ambiguous; not found", "ambiguous"],
    ["failed to get loop: not found", "not_found"],
    ['loop name "a" already exists', "exists"],
    ["unknown flag: --bogus", "invalid_flag"],
    ["unknown shorthand flag: 'Z' in -Z", "invalid_flag"],
    ["loop name or ID required", "invalid"],
    ["--count must be at least 1", "invalid"],
    ["Invalid Duration", "invalid"],
    ["failed to open database: permission denied", "operation"],
    ["connection timeout reached", "operation"],
    ["unable to open database file", "operation"],
    ["no loops matched", "unknown"],
    ["specify a loop or selector", "unknown"],
  ] as [string, ErrorKind][])("%s: %s", (message, kind) => {
    expect(classify(message)).toBe(kind);
  });

  test("decides code and exit code", () => {
    const answers = (
      ["ambiguous", "not_found", "exists", "invalid_flag", "invalid", "operation", "unknown"] as const
    ).map((kind) => new ForgeError(kind, "x"));
    expect(answers.map(({ code, exit }) => `${code} ${exit}`)).toEqual([
      "ERR_AMBIGUOUS 1",
      "ERR_NOT_FOUND 1",
      "ERR_EXISTS 1",
      "ERR_INVALID_FLAG 1",
      "ERR_INVALID 1",
      "ERR_OPERATION_FAILED 2",
      "ERR_UNKNOWN 1",
    ]);
    expect(new ForgeError("invalid", "x", { exit: 3 }).exit).toBe(3);
  });

  test("of a preflight failure is set by its maker, with hint and next step", () => {
    const cause = new Error("locked");
    const error = preflight("database unavailable: locked", "Check it", "forge doctor", cause);
    expect([error.code, error.exit, error.hint, error.cause]).toEqual([
      "ERR_PREFLIGHT",
      2,
      "Check it",
      cause,
    ]);
    expect(error.details).toEqual({ next_step: "forge doctor" });
  });

  test("is found for whatever was thrown, and kept where there is one", () => {
    const own = notFound("invalid");
    expect(toForgeError(own)).toBe(own);
    const foreign = new Error("permission denied");
    expect(toForgeError(foreign)).toMatchObject({
      kind: "operation",
      message: "permission denied",
      cause: foreign,
    });
    expect(toForgeError("boom")).toMatchObject({ kind: "unknown", message: "boom" });
  });
});

describe("every error that core makes agrees with its text", () => {
  const loops = [sampleLoop(), sampleLoop({ id: loopId("80354eef-2"), shortId: "kxcb0dm6", name: "other" })];

  test.each([
    [() => parseDuration("x")],
    [() => parseCommandLineDuration("-5")],
    [() => parseTimeExpression("x", 0)],
    [() => parseLoopState("X")],
    [() => parseRunStatus("X")],
    [() => parseQueueItemType("X")],
    [() => parseQueueItemStatus("X")],
    [() => parsePoolStrategy("X")],
    [() => parsePoolStrategyWord("X")],
    [() => parseHarness("X")],
    [() => parseHarnessWord("X")],
    [() => parsePromptMode("X")],
    [() => parseAlertType("X")],
    [() => parseAlertSeverity("X")],
    [() => parseApprovalStatus("X")],
    [() => parseRecipientType("X")],
    [() => parseTeamRole("X")],
    [() => parseTeamTaskStatus("X")],
    [() => validateLoop(sampleLoop({ name: "" }))],
    [() => validateProfile(sampleProfile({ name: "" }))],
    [() => validateProfile(sampleProfile({ harness: "X" }))],
    [() => validatePool({ name: "" })],
    [() => validateLoopKv({ loopId: loopId("a"), key: "k", value: "" })],
    [() => validateEvent({ type: "", entityType: "", entityId: "" })],
    [() => validateAccount({ provider: "openai", profileName: "" })],
    [() => validateAgentQueueItem({ type: "message", attempts: 0, payloadJson: "{}" })],
    [() => validateQueueItem({ type: "X", payloadJson: "{}" })],
    [() => validateQueueItem({ type: "pause", payloadJson: "{}" })],
    [() => validateQueueItems([{ type: "X", payloadJson: "{}" }])],
    [() => resolveLoop("", loops)],
    [() => resolveLoop("kxcb", loops)],
    [() => resolveLoop("zz", loops)],
    [() => resolveLoop("zz", [])],
    [() => selectLoops(loops, { filter: {} })],
    [() => selectLoops(loops, { filter: { profileId: "none" as ProfileId } })],
  ])("case %#", (call) => {
    const error = errorOf(call);
    expect(error.kind).toBe(classify(error.message));
  });

  test("but for two that are invalid although their text does not say so", () => {
    expect(new ValidationErrors().toForgeError()).toMatchObject({
      message: "validation failed",
      kind: "invalid",
    });
    const unknownType = errorOf(() => validateAgentQueueItem({ type: "X", attempts: 0, payloadJson: "{}" }));
    expect(unknownType).toMatchObject({ message: 'type: unknown queue item type "X"', kind: "invalid" });
  });
});
