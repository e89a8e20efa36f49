import type { Milliseconds } from "../core/duration.ts";
import type { EndRequest } from "../runner/control.ts";
import type { SupervisorLog } from "./log.ts";
import type { LoopHost } from "./loop-host.ts";

/**
 * Why a supervisor ends, the milder reasons first; a stronger one takes the place of a milder one that is under way:
 * - `idle`: there is nothing to do;
 * - `drain`: it was asked to, runs end first;
 * - `now`: it was asked to, runs are ended;
 * - `handover`: another one takes its place, runs go on;
 * - `leave`: a signal, runs go on;
 * - `lost`: its data directory is gone.
 */
const END_MODES = ["idle", "drain", "now", "handover", "leave", "lost"] as const;
export type EndMode = (typeof END_MODES)[number];

const REQUESTS: Record<EndMode, EndRequest> = {
  idle: "drain",
  drain: "drain",
  now: "shutdown",
  handover: "hand over",
  leave: "hand over",
  lost: "hand over",
};

/** Runners leave their loops as they are within milliseconds; what takes longer is left too (spec/10 section 15.2). */
const LEAVES_WITHIN_MS: Milliseconds = 1500;

/** The end of a supervisor, from the first reason for it until the last runner has ended. */
export class SupervisorEnding {
  /** Settles when nothing is left to wait for. */
  readonly done: Promise<EndMode>;
  readonly #finish: (mode: EndMode) => void;
  readonly #host: LoopHost;
  readonly #log: SupervisorLog;
  #mode: EndMode | undefined;

  constructor(host: LoopHost, log: SupervisorLog) {
    const { promise, resolve } = Promise.withResolvers<EndMode>();
    this.done = promise;
    this.#finish = resolve;
    this.#host = host;
    this.#log = log;
  }

  /** Undefined as long as there is no reason to end. */
  get mode(): EndMode | undefined {
    return this.#mode;
  }

  /** Whether another supervisor can have what this one takes no more, in a moment. */
  get handsOver(): boolean {
    return this.#mode === "idle" || this.#mode === "handover" || this.#mode === "leave";
  }

  begin(mode: EndMode, signal?: string): void {
    if (this.#mode !== undefined && END_MODES.indexOf(mode) <= END_MODES.indexOf(this.#mode)) return;
    this.#mode = mode;
    this.#log.info("forged shutting down", { signal: signal ?? mode });
    void this.#end(mode);
  }

  /** Has runners let go of their loops, whose runs and rows stay as they are. */
  async leave(): Promise<void> {
    await Promise.race([this.#host.end("hand over"), Bun.sleep(LEAVES_WITHIN_MS)]);
  }

  async #end(mode: EndMode): Promise<void> {
    const request = REQUESTS[mode];
    await (request === "hand over" ? this.leave() : this.#host.end(request));
    if (this.#mode === mode) this.#finish(mode);
  }
}
