import { enumParser, isOneOf } from "./enum.ts";
import { ForgeError, invalid } from "./errors.ts";
import type { ProfileId } from "./ids.ts";
import { omitEmpty, optionalTime } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

export const PROMPT_MODES = ["env", "stdin", "path"] as const;
export type PromptMode = (typeof PROMPT_MODES)[number];

const parseNamedPromptMode = enumParser(PROMPT_MODES, (text) => `invalid prompt_mode: ${text}`);

/** Empty text is `env`. Throws `invalid prompt_mode: <text>`. */
export const parsePromptMode = (text: string): PromptMode =>
  text === "" ? "env" : parseNamedPromptMode(text);

/** Harness names as they are printed; `generic` is stored as empty text (spec/15 section 1.1). */
export const HARNESSES = ["pi", "opencode", "codex", "claude", "droid", "amp", "generic"] as const;
export type Harness = (typeof HARNESSES)[number];

/** The model of opencode profiles that name none. */
export const DEFAULT_OPENCODE_MODEL = "anthropic/claude-opus-4-5";

const VALID_HARNESSES = `Valid: ${HARNESSES.join(", ")}`;

const parseNamedHarness = enumParser(HARNESSES, (text) => `invalid harness: ${text}`);

/** Empty text is `generic`. Throws `invalid harness: <text>`. */
export const parseHarness = (text: string): Harness => (text === "" ? "generic" : parseNamedHarness(text));

const HARNESS_ALIASES = new Map<string, Harness>([
  ["claude-code", "claude"],
  ["factory", "droid"],
]);

/** A harness as it is typed: any case, and two aliases (spec/30 section 5.1). Throws `unknown harness "<word>"`. */
export function parseHarnessWord(word: string): Harness {
  const name = word.trim().toLowerCase();
  const harness = HARNESS_ALIASES.get(name) ?? (isOneOf(HARNESSES, name) ? name : undefined);
  if (harness) return harness;
  throw new ForgeError("unknown", `unknown harness "${word}"`, { hint: VALID_HARNESSES });
}

/** The text that stands for a harness in a row: other implementations do not know the name `generic`. */
export const storedHarness = (harness: Harness): string => (harness === "generic" ? "" : harness);

/** The name to print for the harness of a row. */
export const shownHarness = (stored: string): string => (stored === "" ? "generic" : stored);

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

/** A profile as the model prints it (spec/30 section 5.1). Its environment holds secrets: see `maskedEnv`. */
export const profileJson = (profile: Profile) => ({
  id: profile.id,
  name: profile.name,
  harness: shownHarness(profile.harness),
  auth_kind: omitEmpty(profile.authKind),
  auth_home: omitEmpty(profile.authHome),
  prompt_mode: profile.promptMode,
  command_template: profile.commandTemplate,
  model: omitEmpty(profile.model),
  extra_args: omitEmpty(profile.extraArgs),
  env: omitEmpty(profile.env),
  max_concurrency: profile.maxConcurrency,
  cooldown_until: optionalTime(profile.cooldownUntil),
  created_at: formatTime(profile.createdAt),
  updated_at: formatTime(profile.updatedAt),
});

/** The names of an environment with `***` for every value: what a person may see of it. */
export const maskedEnv = (env: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.keys(env).map((name) => [name, "***"]));

type ValidatedProfile = Pick<
  Profile,
  "name" | "commandTemplate" | "maxConcurrency" | "harness" | "promptMode"
>;

/** Throws `invalid profile: ...` with what is wrong with a profile that is to be stored (spec/40 section 5). */
export function validateProfile(profile: ValidatedProfile): void {
  new ValidationErrors()
    .require(profile.name, "name", "profile name is required")
    .require(profile.commandTemplate, "command_template", "command template is required")
    .check(profile.maxConcurrency >= 0, "max_concurrency", "max_concurrency must be >= 0")
    .throwIfAny("profile");
  if (!isStoredHarness(profile.harness)) {
    throw invalid(`invalid profile: profile harness is required: invalid harness ${profile.harness}`, {
      hint: VALID_HARNESSES,
    });
  }
  if (!isOneOf(PROMPT_MODES, profile.promptMode)) {
    throw invalid(`invalid profile: invalid prompt_mode: ${profile.promptMode}`);
  }
}

const isStoredHarness = (text: string): boolean => HARNESSES.map(storedHarness).includes(text);
