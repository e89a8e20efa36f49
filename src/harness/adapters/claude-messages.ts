import { readObject, readText } from "../../core/json.ts";
import type { TokenCounts } from "../../core/outcome.ts";
import { progress, type StreamLine } from "../adapter.ts";
import type { HarnessEvent } from "../events.ts";
import { sumOf, USAGE } from "./claude-tokens.ts";

/** Subagents that a stream cannot fill the memory with. */
const MOST_OPEN = 100;

const NONE: TokenCounts = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 };

/**
 * What single messages of the API took, from the raw events of partial messages: all that is known of the use of a run that
 * goes on, or that is ended before its `result`, which replaces it. A message tells its figures at its start and its end, the
 * latter including the former where they are told again.
 */
export class MessageUsage {
  /** Told so far of the message that goes on, of the agent itself and of each subagent. */
  readonly #told = new Map<string, TokenCounts>();

  usageOf(line: StreamLine): readonly HarnessEvent[] {
    const event = readObject(line.event);
    const who = readText(line.parent_tool_use_id) ?? "";
    if (event.type === "message_start") {
      this.#told.delete(who);
      return this.#more(who, { ...sumOf([readObject(readObject(event.message).usage)], USAGE), output: 0 });
    }
    return event.type === "message_delta"
      ? this.#more(who, sumOf([readObject(event.usage)], USAGE))
      : progress("stream_event");
  }

  #more(who: string, now: TokenCounts): readonly HarnessEvent[] {
    const before = this.#told.get(who) ?? NONE;
    const more = combined(now, before, (one, other) => Math.max(0, one - other));
    if (this.#told.size < MOST_OPEN || this.#told.has(who))
      this.#told.set(who, combined(now, before, Math.max));
    return [{ kind: "usage", mode: "sum", ...more }];
  }
}

const combined = (
  one: TokenCounts,
  other: TokenCounts,
  combine: (one: number, other: number) => number,
): TokenCounts => ({
  input: combine(one.input, other.input),
  output: combine(one.output, other.output),
  cacheRead: combine(one.cacheRead, other.cacheRead),
  cacheWrite: combine(one.cacheWrite, other.cacheWrite),
  reasoning: 0,
});
