import type { Completion, Flags } from "./flags.ts";

/** How many positional words a command takes, and what they are called in its usage line. */
export interface Arity {
  readonly min: number;
  /** Infinity: any number. */
  readonly max: number;
  /** As shown after the command: `<loop>`, `[loop]`, `<pool> <profile...>`. Empty: takes none. */
  readonly usage: string;
  /** What completes each position; the last entry serves all further ones. */
  readonly completes?: readonly Completion[];
}

export const noArguments: Arity = { min: 0, max: 0, usage: "" };

export const exactly = (count: number, usage: string, ...completes: Completion[]): Arity => ({
  min: count,
  max: count,
  usage,
  completes,
});

export const atMost = (count: number, usage: string, ...completes: Completion[]): Arity => ({
  min: 0,
  max: count,
  usage,
  completes,
});

export const atLeast = (count: number, usage: string, ...completes: Completion[]): Arity => ({
  min: count,
  max: Number.POSITIVE_INFINITY,
  usage,
  completes,
});

interface Described {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line, shown in the list of the parent. */
  readonly summary: string;
  /** The first paragraph of the help text; the summary when left out. */
  readonly description?: string;
  readonly hidden?: boolean;
}

/** A command that does something. Its module is loaded when it is called and not before. */
export interface Command<Module = unknown> extends Described {
  readonly kind: "command";
  readonly arity: Arity;
  readonly flags: Flags;
  /** Every word after the name is positional, flags too. */
  readonly takesRawWords?: boolean;
  /** Runs without reading the configuration, so that it works with a broken one. */
  readonly withoutConfig?: boolean;
  readonly load: () => Promise<Module>;
}

/** A command that only holds others. */
export interface Group<Module = unknown> extends Described {
  readonly kind: "group";
  /** Accepted before or after the name of any command of the group; each of them lists these among its own. */
  readonly flags?: Flags;
  /** The command that is meant where none is named. */
  readonly default?: string;
  readonly commands: readonly Entry<Module>[];
}

export type Entry<Module = unknown> = Command<Module> | Group<Module>;

/** The command that the name of a group means alone. */
export const defaultCommand = <Module>(entry: Entry<Module>): Entry<Module> | undefined =>
  entry.kind === "group" && entry.default !== undefined
    ? findEntry(entry.commands, entry.default)
    : undefined;

export const findEntry = <Module>(
  entries: readonly Entry<Module>[],
  word: string,
): Entry<Module> | undefined => entries.find((entry) => entry.name === word || entry.aliases?.includes(word));

/** The commands that help texts list, by name. */
export const visibleCommands = <Module>(entries: readonly Entry<Module>[]): Entry<Module>[] =>
  entries.filter(({ hidden }) => !hidden).toSorted((a, b) => (a.name < b.name ? -1 : 1));
