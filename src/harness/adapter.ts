import type { JsonObject } from "../core/json.ts";
import type { HarnessEvent } from "./events.ts";
import type { ResumeRule } from "./resume.ts";

export const ADAPTERS = ["claude", "codex", "opencode", "pi", "droid", "generic"] as const;
export type AdapterName = (typeof ADAPTERS)[number];

/** A line of an agent's stream: a JSON object with a `type`. */
export type StreamLine = JsonObject & { readonly type: string };

/** Reads the lines of one run in their order: their events; undefined for a line that this CLI is not known to print. */
export type LineReader = (line: StreamLine) => readonly HarnessEvent[] | undefined;

/** Knows the stream of one agent CLI (spec/90). Unknown types and fields are never an error: all formats change often. */
export interface Adapter {
  readonly name: AdapterName;
  /** Begins with a run. What it remembers of earlier lines is all that it holds. */
  readonly open: () => LineReader;
  /** Types of lines that are most of a stream and tell nothing but that the CLI lives: recognised without being read. */
  readonly signsOfLife: readonly string[];
  /** How those of them begin that tell something all the same. */
  readonly exceptions?: readonly string[];
  /** Whether the CLI may leave with another exit code than 0 after a good end. */
  readonly outlivesItsEnd: boolean;
  /** Whether the CLI prints nothing while a tool works (spec/90 section 8). */
  readonly isSilentInTools: boolean;
  /** From which part of one core on its processes are at work; what the CLI uses itself while it waits lies below. */
  readonly busyFrom: number;
  /** Whether usage is told for the whole session, so that a resumed one is charged by difference only. */
  readonly countsSession: boolean;
  /** Whether the end of a run tells that the agent was refused permissions. */
  readonly tellsDenials: boolean;
  /** Undefined where nothing is known of sessions. */
  readonly resume?: ResumeRule;
  /** What is known of the lines that Forge relies on, by their type. */
  readonly fields: Readonly<Record<string, KnownFields>>;
}

/** The fields of a type of line. */
export interface KnownFields {
  /** Without them the format is not the known one. A dot stands before a field of a field. */
  readonly required: readonly string[];
  /** What may be there too. Anything else is new. */
  readonly optional: readonly string[];
}

/** A line that was understood and tells nothing. */
export const NOTHING: readonly HarnessEvent[] = [];

export const progress = (what: string): readonly HarnessEvent[] => [{ kind: "progress", what }];

/** What tells a process tree that works from one that waits, as a part of one core (spec/15 section 6). */
export const USUAL_BUSY = 0.01;
