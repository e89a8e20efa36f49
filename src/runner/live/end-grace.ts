import { formatDuration, type Milliseconds } from "../../core/duration.ts";
import type { RunGuard } from "./run-guards.ts";

export interface EndGrace {
  /** How long a run may take to leave after its terminal event; 0: as long as it likes. */
  readonly grace: Milliseconds;
  readonly now: () => Milliseconds;
  /** Hears why the run is ended, in words that follow its name. */
  readonly onEnd: (why: string) => void;
}

/** Ends a run that has said that it is done and does not leave (spec/15 section 6): agent CLIs are known to hang there. */
export const endGrace = ({ grace, now, onEnd }: EndGrace): RunGuard => ({
  look: ({ doneAt }) => {
    if (doneAt === undefined || grace === 0) return {};
    const left = doneAt + grace - now();
    if (left > 0) return { againIn: left };
    onEnd(`still alive ${formatDuration(grace)} after its end; ending`);
    return { end: { kind: "grace" } };
  },
});
