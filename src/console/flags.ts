import { formatDuration, parseCommandLineDuration } from "../core/duration.ts";
import { invalid } from "../core/errors.ts";

/**
 * The flags of a command, described as data: the parser, the help text, shell completion and the docs test all read the
 * same description. `Value` is what the command sees; a flag without a default that is not given is undefined.
 */
export interface Flag<Value = unknown> {
  readonly type: "bool" | "string" | "int" | "duration" | "strings";
  readonly help: string;
  /** One letter, without the dash. */
  readonly short?: string;
  readonly default: Value;
  readonly required?: boolean;
  readonly hidden?: boolean;
  /** For `strings`: one value may hold several, separated by commas. */
  readonly splitsOnCommas?: boolean;
  /** What the flag means when it stands alone; a value can then only follow after `=`. */
  readonly bareValue?: string;
  /** For `duration`: a bare number is an error, not seconds. */
  readonly needsUnit?: boolean;
  /** What completes the value: the kind of name, or fixed words. */
  readonly completes?: Completion;
}

/** Where the candidates of a value come from: a kind of stored name, or a fixed list of words. */
export type Completion =
  | "loop"
  | "profile"
  | "pool"
  | "prompt"
  | "template"
  | "sequence"
  | "agent"
  | "workspace"
  | "node"
  | "run"
  | "hook"
  | "file"
  | "directory"
  | readonly string[];

export type Flags = Readonly<Record<string, Flag>>;

export type FlagValues<F extends Flags> = {
  readonly [Name in keyof F]: F[Name] extends Flag<infer V> ? V : never;
};

type Extras = Pick<Flag, "short" | "required" | "hidden" | "completes" | "bareValue">;
type DurationExtras = Extras & Pick<Flag, "needsUnit">;

export const bool = (help: string, extras: Extras = {}): Flag<boolean> => ({
  type: "bool",
  help,
  default: false,
  ...extras,
});

export function text(help: string, extras?: Extras): Flag<string | undefined>;
export function text(help: string, extras: Extras & { default: string }): Flag<string>;
export function text(help: string, extras: Extras & { default?: string } = {}): Flag<string | undefined> {
  return { type: "string", help, default: undefined, ...extras };
}

export function integer(help: string, extras?: Extras): Flag<number | undefined>;
export function integer(help: string, extras: Extras & { default: number }): Flag<number>;
export function integer(help: string, extras: Extras & { default?: number } = {}): Flag<number | undefined> {
  return { type: "int", help, default: undefined, ...extras };
}

/** A Go-style duration in milliseconds; a bare integer means seconds unless `needsUnit`. Defaults are in milliseconds too. */
export function duration(help: string, extras?: DurationExtras): Flag<number | undefined>;
export function duration(help: string, extras: DurationExtras & { default: number }): Flag<number>;
export function duration(
  help: string,
  extras: DurationExtras & { default?: number } = {},
): Flag<number | undefined> {
  return { type: "duration", help, default: undefined, ...extras };
}

/** Repeatable; one value may hold several separated by commas. */
export const list = (help: string, extras: Extras = {}): Flag<readonly string[]> => ({
  type: "strings",
  help,
  default: [],
  splitsOnCommas: true,
  ...extras,
});

/** Repeatable; each value is taken whole. */
export const values = (help: string, extras: Extras = {}): Flag<readonly string[]> => ({
  type: "strings",
  help,
  default: [],
  ...extras,
});

/** A flag as help shows it: `-n, --count int`. */
export function flagNames(name: string, flag: Flag): string {
  const short = flag.short === undefined ? "" : `-${flag.short}, `;
  const bare = flag.bareValue === undefined ? "" : `[=${flag.bareValue}]`;
  return `${short}--${name}${flag.type === "bool" ? "" : ` ${flag.type}${bare}`}`;
}

/** What stands behind the help of a flag that has a default; empty where there is none worth telling. */
export function shownDefault(flag: Flag): string {
  const value = flag.default;
  if (flag.type === "duration" && typeof value === "number" && value !== 0)
    return ` (default ${formatDuration(value)})`;
  if (typeof value === "number" && value !== 0) return ` (default ${value})`;
  if (typeof value === "string" && value !== "") return ` (default ${JSON.stringify(value)})`;
  return "";
}

const TRUE_WORDS = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE_WORDS = new Set(["0", "f", "F", "false", "FALSE", "False"]);

/** How a flag is named in messages and help: `-n, --count` or `--name`. */
const flagLabel = (name: string, flag: Flag): string =>
  flag.short === undefined ? `--${name}` : `-${flag.short}, --${name}`;

/**
 * The value of one occurrence of a flag; `before` is the value so far, to which repeatable flags append.
 * Throws the messages of spec/20 section 1.1.
 */
export function flagValue(name: string, flag: Flag, word: string, before: unknown): unknown {
  const refuse = (reason: string) =>
    invalid(`invalid argument ${JSON.stringify(word)} for "${flagLabel(name, flag)}" flag: ${reason}`);
  switch (flag.type) {
    case "bool":
      if (TRUE_WORDS.has(word)) return true;
      if (FALSE_WORDS.has(word)) return false;
      throw refuse(`strconv.ParseBool: parsing ${JSON.stringify(word)}: invalid syntax`);
    case "int":
      if (!/^[+-]?\d+$/.test(word))
        throw refuse(`strconv.ParseInt: parsing ${JSON.stringify(word)}: invalid syntax`);
      if (!Number.isSafeInteger(Number(word)))
        throw refuse(`strconv.ParseInt: parsing ${JSON.stringify(word)}: value out of range`);
      return Number(word);
    case "duration":
      if (flag.needsUnit && /^[+-]?0*[1-9]\d*$/.test(word))
        throw refuse(`time: missing unit in duration ${JSON.stringify(word)}`);
      try {
        return parseCommandLineDuration(word);
      } catch {
        throw refuse(`time: invalid duration ${JSON.stringify(word)}`);
      }
    case "string":
      return word;
    case "strings": {
      const earlier = Array.isArray(before) ? before : [];
      return [...earlier, ...(flag.splitsOnCommas ? word.split(",") : [word])];
    }
    default:
      return flag.type satisfies never;
  }
}
