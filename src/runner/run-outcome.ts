import type { RunStatus } from "../core/run.ts";
import type { ProcessEnd } from "../harness/outcome/decide-outcome.ts";
import { decodeShellStatus, describeExit, type ExitStatus } from "../process/exit-status.ts";
import type { RunEnd } from "../process/watch-run.ts";
import type { RunEndReason } from "../store/fx-runs.ts";
import type { Interruption } from "./orders.ts";

/** What the end of a harness means for its run (spec/10 section 7.4). */
export interface RunOutcome {
  readonly status: RunStatus;
  readonly exitCode: number;
  /** Null after success; undefined leaves what is there. */
  readonly lastError: string | null | undefined;
  /** As the shell gave it. */
  readonly exitStatus?: number | undefined;
  readonly endReason?: RunEndReason | undefined;
  /** What is known of the end of its process. */
  readonly processEnd: ProcessEnd;
  /** Whether the harness ran at all, so that the run is an iteration. */
  readonly ran: boolean;
  /** Whether the agent has, or may have, its queue items; else they are delivered again. */
  readonly consumesItems: boolean;
}

/** Exit code of a run that has none of its own: ended by a signal, or not started. */
const NO_CODE = -1;
/** Exit code of a run whose end nobody has seen. */
const LOST_CODE = -9;

/** Why we ended a run ourselves. */
export type OwnEnd =
  | Interruption
  | { readonly kind: "shutdown" | "stall" | "timeout" | "budget" }
  /** It had said that it was done, and did not leave. */
  | { readonly kind: "grace" };

/** The outcome of a run that we ended. */
export const interruptedOutcome = (end: OwnEnd): RunOutcome =>
  end.kind === "grace"
    ? exited({ code: 0 })
    : {
        status: "killed",
        exitCode: NO_CODE,
        lastError: interruptionText(end),
        endReason: end.kind,
        processEnd: { kind: "lost" },
        ran: true,
        consumesItems: true,
      };

function interruptionText(end: Exclude<OwnEnd, { kind: "grace" }>): string {
  switch (end.kind) {
    case "kill":
      return end.reason;
    case "steer":
      return "steer interrupt";
    case "shutdown":
      return "context canceled";
    case "stall":
      return "stalled";
    case "timeout":
      return "run timeout";
    case "budget":
      return "budget";
    default:
      return end satisfies never;
  }
}

/** The outcome of a run that ended by itself. */
export function naturalOutcome(end: RunEnd): RunOutcome {
  if (end.kind === "recorded") {
    const { raw } = end.exit;
    const status = decodeShellStatus(raw);
    return { ...exited(status), exitStatus: raw, processEnd: { kind: "exited", status, raw } };
  }
  return end.status === undefined ? LOST_RUN : exited(end.status);
}

const exited = (status: ExitStatus): RunOutcome => ({
  status: status.code === 0 ? "success" : "error",
  exitCode: status.code ?? NO_CODE,
  lastError: describeExit(status) ?? null,
  processEnd: { kind: "exited", status },
  ran: true,
  consumesItems: true,
});

/** The wrapper is gone and left no exit file: its items are delivered again (spec/10 section 14). */
const LOST_RUN: RunOutcome = {
  status: "killed",
  exitCode: LOST_CODE,
  lastError: undefined,
  endReason: "lost",
  processEnd: { kind: "lost" },
  ran: true,
  consumesItems: false,
};

/** A run that was claimed and whose harness was never started: the pass is done again. */
export const UNSTARTED_RUN: RunOutcome = { ...LOST_RUN, ran: false };

/** A run whose harness could not be started: what the agent was to be told waits for one that can. */
export const failedStart = (reason: string): RunOutcome => ({
  status: "error",
  exitCode: NO_CODE,
  lastError: reason,
  processEnd: { kind: "not started" },
  ran: true,
  consumesItems: false,
});
