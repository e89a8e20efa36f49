import { isJsonObject } from "../core/json.ts";

/** The version of the socket API (spec/10 section 16). Answers may grow keys without a new number. */
export const API = 1;

/** How many loops a supervisor has taken up when it started, and how many it has left alone. */
export interface StartReport {
  /** Loops that go on. */
  readonly resumed: number;
  /** Loops of an earlier boot of this machine that wait for `forge daemon start`. */
  readonly left_behind: number;
}

/** The answer to `GET /v1/ping`. */
export interface Ping extends StartReport {
  readonly name: "forged";
  readonly api: number;
  readonly version: string;
  readonly pid: number;
  readonly instance_id: string;
  readonly data_dir: string;
  readonly started_at: string;
  readonly socket: string;
}

/** The answer to `GET /v1/status`. */
export interface SupervisorStatus extends Ping {
  readonly uptime_seconds: number;
  readonly draining: boolean;
  readonly loops: {
    readonly total: number;
    readonly running: number;
    readonly sleeping: number;
    readonly waiting: number;
  };
  /** Harnesses that run now. */
  readonly runs: number;
  /** Clients that follow the events now. */
  readonly clients: number;
  readonly rss_bytes: number;
  readonly idle_exit_at?: string | undefined;
}

/** One loop that the supervisor hosts. */
export interface HostedLoop {
  readonly loop_id: string;
  readonly name: string;
  readonly instance_id: string;
  readonly state: string;
  readonly run?:
    | {
        readonly run_id: string;
        readonly pid?: number | undefined;
        readonly started_at: string;
        readonly profile?: string | undefined;
      }
    | undefined;
  readonly next_wake_at?: string | undefined;
  readonly wait_kind?: string | undefined;
  readonly wait_reason?: string | undefined;
}

/** Why a runner is started anew: its limits count from here. */
export const START_REASONS = ["up", "resume", "scale"] as const;
export type StartReason = (typeof START_REASONS)[number];

export interface StartAnswer {
  readonly loop_id: string;
  readonly instance_id: string;
  readonly state: string;
}

export interface StopAnswer {
  readonly loop_id: string;
  readonly state: string;
  /** Whether the loop has no runner any more. */
  readonly ended: boolean;
}

/**
 * How a supervisor ends: `drain` lets runs end first, `now` ends them, `handover` leaves them to the next supervisor, which
 * it starts.
 */
export const SHUTDOWN_MODES = ["drain", "now", "handover"] as const;
export type ShutdownMode = (typeof SHUTDOWN_MODES)[number];

export interface ShutdownAnswer {
  /** Harnesses that run. */
  readonly runs: number;
}

/** An answer to `/v1/ping` if it comes from a supervisor, of whatever API version. */
export const isPing = (answer: unknown): answer is Ping =>
  isJsonObject(answer) && answer.name === "forged" && typeof answer.api === "number";
