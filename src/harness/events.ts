import type { TokenCounts } from "../core/outcome.ts";

/** What an agent CLI tells in its output, in one vocabulary for all of them (spec/15 section 1). */
export type HarnessEvent =
  | SessionEvent
  | TextEvent
  | ToolEvent
  | FileEvent
  | ProgressEvent
  | UsageEvent
  | LimitEvent
  | ErrorEvent
  | EndEvent;

export interface SessionEvent {
  readonly kind: "session";
  /** By which the CLI takes the session up again. */
  readonly id: string;
  readonly model?: string | undefined;
  readonly version?: string | undefined;
}

export interface TextEvent {
  readonly kind: "text";
  readonly text: string;
  /** Whether it may be the agent's answer: the last such text of a run is. */
  readonly final: boolean;
}

export interface ToolEvent {
  readonly kind: "tool";
  readonly phase: "start" | "progress" | "end";
  /** Empty where only the id is told. */
  readonly name: string;
  readonly id?: string | undefined;
  readonly ok?: boolean | undefined;
  readonly title?: string | undefined;
}

export interface FileEvent {
  readonly kind: "file";
  readonly path: string;
  readonly change: "add" | "update" | "delete";
}

export interface ProgressEvent {
  readonly kind: "progress";
  readonly what: string;
}

export interface UsageEvent extends TokenCounts {
  readonly kind: "usage";
  /** US dollars. */
  readonly costUsd?: number | undefined;
  readonly model?: string | undefined;
  /** `total` replaces what was told before, `sum` adds to it. */
  readonly mode: "sum" | "total";
}

export interface LimitEvent {
  readonly kind: "limit";
  /** The provider's period, such as `five_hour`. */
  readonly window?: string | undefined;
  /** 0 to 1. */
  readonly used?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly resetAt?: number | undefined;
  readonly status: "ok" | "warning" | "rejected";
}

export interface ErrorEvent {
  readonly kind: "error";
  readonly text: string;
  /** HTTP status. */
  readonly http?: number | undefined;
  /** The CLI's or provider's name for it. */
  readonly code?: string | undefined;
  /** What the provider answered, where the CLI passes it on. */
  readonly body?: string | undefined;
  /** Seconds or an HTTP date, as the header has it. */
  readonly retryAfter?: string | undefined;
  /** False: the CLI goes on by itself, so that it counts only when nothing follows. */
  readonly final: boolean;
}

/** The terminal event of a run. */
export interface EndEvent {
  readonly kind: "end";
  readonly ok: boolean;
  /** Why it ended: a stop reason, or what went wrong. */
  readonly reason?: string | undefined;
  readonly turns?: number | undefined;
  readonly durationMs?: number | undefined;
  /** How many permissions were refused. */
  readonly denials?: number | undefined;
}
