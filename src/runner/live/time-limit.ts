import { formatDuration, type Milliseconds } from "../../core/duration.ts";
import type { RunGuard } from "./run-guards.ts";

export interface TimeLimit {
  /** 0: none. */
  readonly limit: Milliseconds;
  readonly startedAt: Milliseconds;
  readonly now: () => Milliseconds;
  /** Hears why the run is ended, in words that follow its name. */
  readonly onEnd: (why: string) => void;
}

/** The hard cut of one run (spec/15 section 6, `--run-timeout`). */
export const timeLimit = ({ limit, startedAt, now, onEnd }: TimeLimit): RunGuard => ({
  look: () => {
    if (limit === 0) return {};
    const left = startedAt + limit - now();
    if (left > 0) return { againIn: left };
    onEnd(`reached its time limit of ${formatDuration(limit)}; ending`);
    return { end: { kind: "timeout" } };
  },
});
