import type { Config } from "../config/config.ts";
import type { Milliseconds } from "../core/duration.ts";
import type { LoopId } from "../core/ids.ts";
import type { Loop, LoopState } from "../core/loop.ts";
import type { RunnerOwner } from "../core/loop-metadata.ts";
import type { LoopRun } from "../core/run.ts";
import type { Clock, Instant } from "../core/time.ts";
import type { Environment } from "../process/environment.ts";
import type { Db } from "../store/database.ts";
import type { FaultPoints } from "./fault-points.ts";
import type { WakeUps } from "./wake-ups.ts";

/** Everything that a runner finds around it; made by the command or the supervisor that hosts it. */
export interface RunnerDeps {
  /** Opened for writing. One connection may serve many runners. */
  readonly db: Db;
  readonly config: Config;
  readonly now: Clock;
  /** Milliseconds since some moment, which only grow: how long runs are silent is told by them. `performance.now` if absent. */
  readonly ticks?: (() => Milliseconds) | undefined;
  readonly wakeUps: WakeUps;
  /** A local runner writes its pid into the loop's row; a hosted one has none there. */
  readonly owner: RunnerOwner;
  /** Names this process among all that ever ran loops; stored with what it owns. */
  readonly instanceId: string;
  /** The environment in which a loop's harnesses start; asked again for each run. */
  readonly environmentOf: (loopId: LoopId) => Environment;
  readonly observer?: RunnerObserver | undefined;
  readonly faultPoint: FaultPoints;
}

/** Hears what a runner does while it does it; stored events tell the rest. */
export interface RunnerObserver {
  readonly stateChanged?: (loop: Loop, oldState: LoopState) => void;
  readonly runStarted?: (run: StartedRunNotice) => void;
  readonly runFinished?: (run: LoopRun) => void;
  /** The loop sleeps or waits until a moment; undefined when it does no more. */
  readonly wakesAt?: (loopId: LoopId, until: Instant | undefined) => void;
  /** The log of the loop was written to; `size` in bytes. */
  readonly logGrown?: (loop: Loop, path: string, size: number) => void;
}

export interface StartedRunNotice {
  readonly run: LoopRun;
  readonly profileName: string;
  readonly harness: string;
  readonly logPath: string;
  /** Where the run's output starts in the log. */
  readonly logOffset: number;
}
