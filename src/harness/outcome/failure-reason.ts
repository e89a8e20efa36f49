import type { ErrorEvent } from "../events.ts";

type FailureReason = "turn_cap" | "budget_cap" | "model" | "refusal" | "error";

/** Names of errors that are failures of a kind of their own (spec/90 sections 2.2 to 2.4, 4.2 and 9). */
const REASONS: Readonly<Record<string, FailureReason>> = {
  error_max_turns: "turn_cap",
  max_turns: "turn_cap",
  error_max_budget_usd: "budget_cap",
  budget_exhausted: "budget_cap",
  model_not_found: "model",
  model_error: "model",
  invalid_request: "model",
  refusal: "refusal",
  ContentFilterError: "refusal",
};

/** Why a run failed whose error is of none of the kinds that have an outcome of their own. */
export const failureReason = ({ code = "" }: ErrorEvent): FailureReason => REASONS[code] ?? "error";
