import { describe, expect, test } from "bun:test";
import { MADE_UP } from "./made-up-streams.ts";
import { decide, jsonLines, NOON } from "./streams.ts";

const SECOND = 1000;
const DAY = 86_400_000;

describe("the outcome of a run (spec/15 section 2.2)", () => {
  test.each(MADE_UP.map((run) => [run.what, run.outcome, run] as const))(
    "of %s is %s",
    (_what, outcome, run) => {
      const decided = decide(run);
      expect({ outcome: decided.outcome, rule: decided.evidence.rule }).toEqual({ outcome, rule: run.rule });
      if (run.reason !== undefined) expect(decided.reason).toBe(run.reason);
    },
  );

  test("rests on lines of the output, which are named by their first byte and have no secrets", () => {
    const noise = "starting …\n";
    const failed = {
      type: "turn.failed",
      error: { message: "status 401: key sk-abc is wrong" },
      api_key: "k",
    };
    const { evidence } = decide({
      harness: "codex",
      output: noise + jsonLines(failed, { type: "turn.failed", error: { message: "status 401" } }),
      exit: 1,
    });
    const secret = { type: "turn.failed", error: { message: "[REDACTED]" }, api_key: "[REDACTED]" };
    const lone = decide({ harness: "codex", output: noise + jsonLines(failed), exit: 1 });
    expect(lone.evidence.lines).toEqual([{ offset: Buffer.byteLength(noise), text: JSON.stringify(secret) }]);
    expect(evidence).toMatchObject({ rule: 4, exit: 1, http: 401 });
  });

  test("shows of a long line no more than 2 KiB, without half a character", () => {
    const message = "ä".repeat(5000);
    const { evidence } = decide({
      harness: "codex",
      output: jsonLines({ type: "turn.failed", error: { message } }),
      exit: 1,
    });
    const [line] = evidence.lines;
    expect(Buffer.byteLength(line?.text ?? "")).toBeWithin(2046, 2049);
    expect(line?.text).not.toContain("\ufffd");
  });
});

describe("the time at which a limit ends (spec/15 section 2.3)", () => {
  const failing = (message: string) => ({
    harness: "codex",
    output: jsonLines({ type: "turn.failed", error: { message } }),
    exit: 1,
  });
  const LIMIT = "You've hit your usage limit.";
  const at = (text: string) => Date.parse(text);

  test.each([
    [`${LIMIT} Try again at 3:29 PM.`, "UTC", at("2026-11-24T15:29:00Z"), "clock text"],
    [`${LIMIT} Try again at 11:29 AM.`, "UTC", at("2026-11-25T11:29:00Z"), "clock text"],
    [`${LIMIT} Try again at 3:29 PM.`, "Asia/Tokyo", at("2026-11-25T06:29:00Z"), "clock text"],
    [`${LIMIT} or try again at Nov 25th, 2026 4:00 PM.`, "UTC", at("2026-11-25T16:00:00Z"), "clock text"],
    [`${LIMIT} resets 8:30am (America/Los_Angeles)`, "UTC", at("2026-11-24T16:30:00Z"), "clock text"],
    [`${LIMIT} · resets Nov 26, 7pm (Europe/Berlin)`, "UTC", at("2026-11-26T18:00:00Z"), "clock text"],
    ["Session limit reached ∙ resets 3am", "UTC", at("2026-11-25T03:00:00Z"), "clock text"],
    [
      `${LIMIT} Try again in 2 days 3 hours 5 minutes.`,
      "UTC",
      NOON + 51 * 3_600_000 + 300_000,
      "relative text",
    ],
    [`429 {"type":"usage_limit_reached","resets_at":1795536000}`, "UTC", 1_795_536_000_000, "event"],
    [`429 {"type":"usage_limit_reached","resets_in_seconds":300}`, "UTC", NOON + 300_000, "relative text"],
    [`${LIMIT} Try again at Dec 31st, 2027 4:00 PM.`, "UTC", NOON + 8 * DAY, "clock text"],
    [`429 {"resets_at":1700000000}`, "UTC", NOON + 30 * SECOND, "event"],
  ])("that %p names in %s", (message, hostZone, expected, source) => {
    const decided = decide({ ...failing(message), hostZone });
    expect(decided.outcome).toBe("rate_limited");
    expect(decided.evidence.resetSource).toBe(source);
    const jitter = (decided.resetAt ?? 0) - expected;
    expect(jitter).toBeWithin(SECOND, 15 * SECOND + 1);
    expect(jitter % SECOND).toBe(0);
  });

  test.each([
    ["3600", NOON + 3600 * SECOND],
    ["Tue, 24 Nov 2026 13:00:00 GMT", at("2026-11-24T13:00:00Z")],
  ])("that the header retry-after: %s names", (header, expected) => {
    const data = { message: "slow", statusCode: 429, responseHeaders: { "retry-after": header } };
    const output = jsonLines({ type: "error", sessionID: "s", error: { name: "APIError", data } });
    const decided = decide({ harness: "opencode", output, exit: 1 });
    expect(decided.evidence.resetSource).toBe("retry-after");
    expect((decided.resetAt ?? 0) - expected).toBeWithin(SECOND, 15 * SECOND + 1);
  });

  test("is the same each time for one profile, and unknown where nothing tells it", () => {
    const run = failing(`${LIMIT} Try again at 3:29 PM.`);
    expect(decide(run).resetAt).toBe(decide(run).resetAt ?? 0);
    expect(decide(failing(LIMIT)).resetAt).toBeUndefined();
  });
});
