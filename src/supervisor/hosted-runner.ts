import { type ForgeError, toForgeError } from "../core/errors.ts";
import type { LoopId } from "../core/ids.ts";
import type { Instant } from "../core/time.ts";
import { RunnerControl } from "../runner/control.ts";
import type { RunnerDeps } from "../runner/deps.ts";
import { type RunnerEnd, type RunnerOptions, runLoop } from "../runner/runner.ts";

/** How a hosted runner came to its end; a failure is in the loop's row by then, where that could be written. */
export type HostedEnd = { readonly end: RunnerEnd } | { readonly failure: ForgeError };

/** One loop's runner as a task of this process. Whatever happens in it stays in it. */
export class HostedRunner {
  readonly loopId: LoopId;
  readonly control = new RunnerControl();
  /** Whether it only gives earlier runs what is due to them. */
  readonly settlesOnly: boolean;
  /** Settles when the loop is this runner's by the database. Rejects when it never became so. */
  readonly taken: Promise<void>;
  /** Never rejects. */
  readonly ended: Promise<HostedEnd>;
  /** When it looks at its loop again by itself. */
  wakesAt: Instant | undefined;

  constructor(deps: RunnerDeps, loopId: LoopId, options: Omit<RunnerOptions, "control" | "onTaken">) {
    this.loopId = loopId;
    this.settlesOnly = options.settlesOnly !== undefined;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.taken = promise;
    // Who does not wait for it finds the failure in `ended`.
    promise.catch(() => {});
    this.ended = runLoop(deps, loopId, { ...options, control: this.control, onTaken: resolve }).then(
      (end) => {
        resolve();
        return { end };
      },
      (thrown) => {
        const failure = toForgeError(thrown);
        reject(failure);
        return { failure };
      },
    );
  }
}
