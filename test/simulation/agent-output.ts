import type { ToldOutcome } from "../../src/core/outcome.ts";
import type { Instant } from "../../src/core/time.ts";
import { adapterFor } from "../../src/harness/adapters/adapters.ts";
import { describeRun } from "../../src/harness/outcome/describe-run.ts";
import { StreamReader } from "../../src/harness/stream-reader.ts";
import { claudeResult } from "../harness/made-up-streams.ts";
import { jsonLines } from "../harness/streams.ts";
import type { Refusal } from "./account.ts";

/** How a run of a simulated agent ends. */
export type AgentEnd =
  | { readonly kind: "done"; readonly costUsd: number }
  | { readonly kind: "failed" }
  | { readonly kind: "limited"; readonly refusal: Refusal }
  | { readonly kind: "outage" }
  | { readonly kind: "no login" };

/** What Forge makes of the run: its output is read, and its outcome decided, as that of a real one. */
export function toldBy(
  end: AgentEnd,
  { runId, profileId }: { readonly runId: string; readonly profileId: string },
  now: Instant,
): ToldOutcome {
  const adapter = adapterFor("claude");
  const reader = new StreamReader(adapter);
  reader.push(
    Buffer.from(
      jsonLines({ type: "system", subtype: "init", session_id: runId, model: "m" }, ...linesOf(end)),
    ),
  );
  const code = end.kind === "done" ? 0 : 1;
  return describeRun({
    adapter,
    signs: reader.end(),
    end: { kind: "exited", status: { code }, raw: code },
    now,
    hostZone: () => "UTC",
    profileId,
  });
}

const NOTHING_USED = { total_cost_usd: 0, modelUsage: {} };

const failure = (status: number | undefined, result: string) =>
  claudeResult({ is_error: true, api_error_status: status, result, ...NOTHING_USED });

function linesOf(end: AgentEnd): object[] {
  switch (end.kind) {
    case "done":
      return [claudeResult({ total_cost_usd: end.costUsd })];
    case "failed":
      return [claudeResult({ subtype: "error_max_turns", is_error: true, ...NOTHING_USED })];
    case "limited": {
      const { window, resetAt } = end.refusal;
      const info = { status: "rejected", rateLimitType: window, resetsAt: Math.ceil(resetAt / 1000) };
      return [{ type: "rate_limit_event", rate_limit_info: info }, failure(429, "You've hit your limit")];
    }
    case "outage":
      return [failure(529, "Overloaded")];
    case "no login":
      return [failure(401, "Invalid API key")];
    default:
      return end satisfies never;
  }
}
