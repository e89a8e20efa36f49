import { enumReader, isOneOf } from "./enum.ts";
import { invalid } from "./errors.ts";
import type { LoopId, RunId } from "./ids.ts";
import { formatTime, type Instant } from "./time.ts";

export const AGENT_VERDICTS = ["done", "continue", "blocked"] as const;
/** What the agent of a run says about its work with `forge verdict` (spec/15 section 7.3). */
export type AgentVerdict = (typeof AGENT_VERDICTS)[number];

/** The verdict in a row; one that we do not know changes nothing. */
export const readAgentVerdict = enumReader(AGENT_VERDICTS, "continue");

/** A verdict with the words that go with it. */
export interface ToldVerdict {
  readonly verdict: AgentVerdict;
  /** One line. */
  readonly reason?: string | undefined;
}

/** A verdict as it is stored. */
export interface RecordedVerdict extends ToldVerdict {
  readonly runId: RunId;
  readonly loopId: LoopId;
  readonly at: Instant;
}

const LONGEST_REASON = 500;

/**
 * What an agent has typed. The reason becomes one line of at most 500 characters. Throws `invalid verdict "x" (expected
 * done, continue, blocked)` and `--reason is required for blocked`.
 */
export function parseVerdict(word: string, reason = ""): ToldVerdict {
  if (!isOneOf(AGENT_VERDICTS, word))
    throw invalid(`invalid verdict ${JSON.stringify(word)} (expected ${AGENT_VERDICTS.join(", ")})`);
  const line = [...reason.replaceAll(/[\s\p{Cc}]+/gu, " ").trim()].slice(0, LONGEST_REASON).join("");
  if (word === "blocked" && line === "")
    throw invalid("--reason is required for blocked", {
      hint: 'forge verdict blocked --reason "what you need"',
    });
  return { verdict: word, reason: line || undefined };
}

/** `done: all tests pass` */
export const verdictText = ({ verdict, reason }: ToldVerdict): string =>
  reason === undefined ? verdict : `${verdict}: ${reason}`;

/** A verdict as `forge verdict show` prints it; the name is unknown for a loop that was removed. */
export const recordedVerdictJson = (
  { runId, verdict, reason, at }: RecordedVerdict,
  loop: string | undefined,
) => ({ loop, run_id: runId, verdict, reason, time: formatTime(at) });
