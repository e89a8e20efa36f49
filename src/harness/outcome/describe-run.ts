import { type ToldOutcome, toMicros } from "../../core/outcome.ts";
import { decideOutcome, type RunFacts } from "./decide-outcome.ts";
import { toldQuota } from "./told-quota.ts";

/** The outcome of a run together with what its output tells about it. */
export function describeRun(facts: RunFacts): ToldOutcome {
  const { session, model, tokens, costUsd, end, limits } = facts.signs;
  return {
    ...decideOutcome(facts),
    sessionId: session?.id,
    model,
    cliVersion: session?.version,
    tokens,
    costMicros: costUsd === undefined ? undefined : toMicros(costUsd),
    costSource: costUsd === undefined ? "none" : "reported",
    turns: end?.event.turns,
    quota: toldQuota(limits),
    isSessionTotal: facts.adapter.countsSession && facts.signs.isTotal,
  };
}
