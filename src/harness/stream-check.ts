import { formatCost, toMicros } from "../core/outcome.ts";
import { classifyError } from "./outcome/error-class.ts";
import type { RunSigns } from "./run-signs.ts";

/** One of the things that a stream should tell, and whether it does. */
export interface Sign {
  readonly name: string;
  /** `drift`: it is told in another way than the adapter knows. */
  readonly state: "ok" | "missing" | "drift";
  readonly detail?: string | undefined;
}

/** Which sign a field that is missing belongs to; the terminal event for all others. */
const SIGN_OF_FIELD: readonly (readonly [RegExp, string])[] = [
  [/cost/i, "cost"],
  [/usage|tokens/i, "usage"],
  [/id$/i, "session id"],
];

/** What a run's stream tells and what not (spec/15 section 9). */
export function checkStream(signs: RunSigns, exit: string | undefined): Sign[] {
  const { end, session, tokens, costUsd, model, toolCalls } = signs;
  const drifted = new Set([...signs.missingFields].map(signOf));
  const sign = (name: string, detail: string | undefined): Sign =>
    drifted.has(name)
      ? { name, state: "drift", detail: missingOf(signs, name) }
      : { name, state: detail === undefined ? "missing" : "ok", detail };
  return [
    sign("terminal event", end && (end.event.ok ? "good" : (end.event.reason ?? "error"))),
    sign("session id", session?.id),
    sign("usage", tokens && `${tokens.input} in, ${tokens.output} out`),
    sign("cost", costUsd === undefined ? undefined : formatCost(toMicros(costUsd))),
    sign("model", model),
    sign("tool events", toolCalls === 0 ? undefined : String(toolCalls)),
    sign("limit signs", limitSign(signs)),
    sign("exit code", exit),
  ];
}

/** What tells of a limit: an event of its own, or the error that the run ended with. */
function limitSign({ limit, finalError }: RunSigns): string | undefined {
  if (limit) return `${limit.event.window ?? "limit"} ${limit.event.status}`;
  return finalError && classifyError(finalError.event) === "rate_limited" ? "in the error" : undefined;
}

const signOf = (field: string): string =>
  SIGN_OF_FIELD.find(([pattern]) => pattern.test(field))?.[1] ?? "terminal event";

const missingOf = ({ missingFields }: RunSigns, name: string): string =>
  `without ${[...missingFields].filter((field) => signOf(field) === name).join(", ")}`;
