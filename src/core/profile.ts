import type { ProfileId } from "./ids.ts";
import type { Instant } from "./time.ts";

export const PROMPT_MODES = ["env", "stdin", "path"] as const;
export type PromptMode = (typeof PROMPT_MODES)[number];

/** Harness names as they are printed; `generic` is stored as empty text (spec/15 section 1.1). */
export const HARNESSES = ["pi", "opencode", "codex", "claude", "droid", "amp", "generic"] as const;
export type Harness = (typeof HARNESSES)[number];

/** One account with one agent CLI: a row of `profiles`. */
export interface Profile {
  id: ProfileId;
  name: string;
  /** As stored: a name of others is kept; `generic` is the empty text. */
  harness: string;
  authKind?: string | undefined;
  authHome?: string | undefined;
  promptMode: PromptMode;
  commandTemplate: string;
  model?: string | undefined;
  extraArgs: string[];
  env: Record<string, string>;
  /** Runs at once; 0 = no limit. */
  maxConcurrency: number;
  cooldownUntil?: Instant | undefined;
  createdAt: Instant;
  updatedAt: Instant;
}
