import { ForgeError, invalid } from "../core/errors.ts";
import { type Command, defaultCommand, type Entry, findEntry, type Group } from "./command.ts";
import { type Flag, type Flags, flagValue } from "./flags.ts";

/** What a command line says, before anything of it is done. */
export interface ParsedLine<Module> {
  /** From the root to the innermost entry that was named. */
  readonly path: readonly Entry<Module>[];
  /** Values of the flags of the entries on the path, defaults filled in. */
  readonly local: Record<string, unknown>;
  readonly global: Record<string, unknown>;
  /** Names of the local flags that stand on the line. */
  readonly given: ReadonlySet<string>;
  readonly positionals: readonly string[];
  readonly help: boolean;
  /** The first word that should have been a command of the innermost group and is none. */
  readonly unknownWord?: string;
}

export interface Grammar<Module> {
  readonly root: Group<Module>;
  /** Accepted on either side of the command's name. */
  readonly globalFlags: Flags;
  /** Accepted only before the command's name. */
  readonly rootFlags: Flags;
}

const HELP: Flag<boolean> = { type: "bool", short: "h", help: "", default: false };
const helpFlags: Flags = { help: HELP };

/** Reads a command line by the grammar of spec/20 section 1.1. Throws the messages of its table. */
export function parseLine<Module>(words: readonly string[], grammar: Grammar<Module>): ParsedLine<Module> {
  return new LineReader(words, grammar).read();
}

class LineReader<Module> {
  private readonly path: Entry<Module>[];
  private readonly local = new Map<string, unknown>();
  private readonly global = new Map<string, unknown>();
  private readonly positionals: string[] = [];
  private unknownWord: string | undefined;
  private at = 0;

  constructor(
    private readonly words: readonly string[],
    private readonly grammar: Grammar<Module>,
  ) {
    this.path = [grammar.root];
  }

  read(): ParsedLine<Module> {
    while (this.at < this.words.length) {
      const word = this.words[this.at++] ?? "";
      if (word === "--") {
        for (const rest of this.words.slice(this.at)) this.positional(rest);
        break;
      }
      if (word.startsWith("--")) this.longFlag(word.slice(2));
      else if (word.startsWith("-") && word.length > 1) this.shortFlags(word.slice(1));
      else this.positional(word);
    }
    const meant = defaultCommand(this.current);
    if (meant && this.unknownWord === undefined && this.global.get("help") !== true) this.path.push(meant);
    const { globalFlags, rootFlags } = this.grammar;
    const localFlags = Object.assign({}, ...this.path.map((entry) => entry.flags ?? {})) as Flags;
    return {
      path: this.path,
      local: withDefaults(localFlags, this.local),
      global: withDefaults({ ...globalFlags, ...rootFlags }, this.global),
      given: new Set(this.local.keys()),
      positionals: this.positionals,
      help: this.global.get("help") === true,
      ...(this.unknownWord === undefined ? {} : { unknownWord: this.unknownWord }),
    };
  }

  private get current(): Entry<Module> {
    return this.path.at(-1) ?? this.grammar.root;
  }

  private positional(word: string): void {
    const { current } = this;
    if (current.kind === "command" || this.unknownWord !== undefined) {
      this.positionals.push(word);
      return;
    }
    const entry = findEntry(current.commands, word);
    if (!entry) {
      this.unknownWord = word;
      return;
    }
    this.path.push(entry);
    if (entry.kind === "command" && entry.takesRawWords) {
      this.positionals.push(...this.words.slice(this.at));
      this.at = this.words.length;
    }
  }

  /** The flag sets in which a name is looked up now, innermost first, each with the place where its values go. */
  private scopes(): { flags: Flags; values: Map<string, unknown> }[] {
    const { globalFlags, rootFlags } = this.grammar;
    const meant = defaultCommand(this.current);
    const inner = [...this.path, ...(meant ? [meant] : [])]
      .toReversed()
      .map((entry) => ({ flags: entry.flags ?? {}, values: this.local }));
    const outer = [globalFlags, helpFlags, ...(this.path.length === 1 ? [rootFlags] : [])];
    return [...inner, ...outer.map((flags) => ({ flags, values: this.global }))];
  }

  private longFlag(text: string): void {
    const equals = text.indexOf("=");
    const name = equals < 0 ? text : text.slice(0, equals);
    for (const { flags, values } of this.scopes()) {
      const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
      if (!flag) continue;
      const value = equals >= 0 ? text.slice(equals + 1) : (bareValue(flag) ?? this.nextWord(`--${name}`));
      values.set(name, flagValue(name, flag, value, values.get(name)));
      return;
    }
    throw this.unknownFlag(`unknown flag: --${name}`, name);
  }

  /** `-n5`, `-n=5`, `-n 5`, and bools combined before it: `-fn 5`. */
  private shortFlags(cluster: string): void {
    for (let index = 0; index < cluster.length; index++) {
      const letter = cluster[index] ?? "";
      const found = this.findShort(letter);
      if (!found) throw this.unknownFlag(`unknown shorthand flag: '${letter}' in -${cluster}`);
      const { name, flag, values } = found;
      const rest = cluster.slice(index + 1);
      const bare = bareValue(flag);
      const takesRest = rest.startsWith("=") || (bare === undefined && rest !== "");
      const value = takesRest
        ? rest.replace(/^=/, "")
        : (bare ?? this.nextWord(`'${letter}' in -${cluster}`));
      values.set(name, flagValue(name, flag, value, values.get(name)));
      if (takesRest) return;
    }
  }

  private findShort(letter: string) {
    for (const { flags, values } of this.scopes()) {
      for (const [name, flag] of Object.entries(flags))
        if (flag.short === letter) return { name, flag, values };
    }
    return undefined;
  }

  private nextWord(label: string): string {
    const word = this.words[this.at++];
    if (word === undefined) throw new ForgeError("unknown", `flag needs an argument: ${label}`);
    return word;
  }

  private unknownFlag(message: string, name?: string): ForgeError {
    const known = this.scopes().flatMap(({ flags }) => Object.keys(flags));
    return new UnknownFlag(message, name, known);
  }
}

/** The value of a flag that stands alone, where it may. */
const bareValue = (flag: Flag): string | undefined => (flag.type === "bool" ? "true" : flag.bareValue);

/** An unknown flag with the names that would have been known, so that the report can suggest one. */
export class UnknownFlag extends ForgeError {
  constructor(
    message: string,
    readonly flagName: string | undefined,
    readonly known: readonly string[],
  ) {
    super("invalid_flag", message);
  }
}

function withDefaults(flags: Flags, values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, values.has(name) ? values.get(name) : flag.default]),
  );
}

/** Holds the number of positional words and the required flags against the command's description. */
export function checkUsage(command: Command, commandPath: string, line: ParsedLine<unknown>): void {
  const { min, max } = command.arity;
  const [first] = line.positionals;
  const count = line.positionals.length;
  if (max === 0 && first !== undefined)
    throw new ForgeError("unknown", `unknown command ${JSON.stringify(first)} for "${commandPath}"`);
  if (min === max && count !== min)
    throw new ForgeError("unknown", `accepts ${min} arg(s), received ${count}`);
  if (count > max) throw new ForgeError("unknown", `accepts at most ${max} arg(s), received ${count}`);
  if (count < min) throw new ForgeError("unknown", `requires at least ${min} arg(s), only received ${count}`);
  const missing = Object.entries(command.flags).filter(
    ([name, flag]) => flag.required && !line.given.has(name),
  );
  if (missing.length > 0)
    throw invalid(`required flag(s) ${missing.map(([name]) => `"${name}"`).join(", ")} not set`);
}
