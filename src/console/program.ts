import { ForgeError, toForgeError } from "../core/errors.ts";
import { type Command, type Entry, findEntry, type Group } from "./command.ts";
import type { Output } from "./output.ts";
import { checkUsage, type Grammar, type ParsedLine, parseLine, UnknownFlag } from "./parse.ts";

/** What makes one command-line program differ from another; `runProgram` does what they share. */
export interface Program<Module> {
  readonly grammar: Grammar<Module>;
  output(global: Record<string, unknown>): Output;
  versionLine(): Promise<string>;
  robotHelp(): Promise<string>;
  /** The message for a word that names no command of a group; `groupPath` is empty for the root. */
  unknownCommandMessage(word: string, groupPath: string): string;
  /** Holds the line against the command's description where `checkUsage` of the parser words it differently. */
  checkUsage?(command: Command<Module>, line: ParsedLine<Module>): void;
  /** Runs a command whose line has been checked. */
  call(command: Command<Module>, line: ParsedLine<Module>, out: Output): Promise<void>;
  /** Prints a failure and gives the exit code. */
  report(failure: Failure<Module>): number | Promise<number>;
}

export interface Failure<Module> {
  readonly error: ForgeError;
  readonly words: readonly string[];
  /** The entries named on the line, as far as it could be read. */
  readonly path: readonly Entry<Module>[];
  /** Names close to the unknown one, best first. */
  readonly suggestions: readonly string[];
  /** The root's help text, for programs that print it below a message. */
  rootHelp(): Promise<string>;
}

/** Ends a command with an exit code of its own, everything that was to be said being said. */
export class ExitCode extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** Runs one command line and returns the exit code. Every failure is reported here, once. */
export async function runProgram<Module>(
  words: readonly string[],
  program: Program<Module>,
): Promise<number> {
  try {
    await dispatch(words, program);
    return 0;
  } catch (thrown) {
    if (thrown instanceof ExitCode) return thrown.code;
    const { error, suggestions } = await withSuggestions(toForgeError(thrown));
    const path = error instanceof UnknownCommand ? (error.path as Entry<Module>[]) : [program.grammar.root];
    return program.report({
      error,
      words,
      path,
      suggestions,
      rootHelp: () => help(program, [program.grammar.root]),
    });
  }
}

async function dispatch<Module>(words: readonly string[], program: Program<Module>): Promise<void> {
  const { root } = program.grammar;
  const line = parseLine(words, program.grammar);
  const out = program.output(line.global);
  const entry = line.path.at(-1) ?? root;

  if (line.help) return out.write(await help(program, line.path));
  if (line.global.version === true) return out.line(await program.versionLine());
  if (line.global["robot-help"] === true) return out.write(await program.robotHelp());
  if (line.unknownWord !== undefined) throw unknownCommand(program, line.path, line.unknownWord);
  if (entry.name === "help") return out.write(await help(program, helpPath(program, line.positionals)));
  if (entry.kind === "group") return out.write(await help(program, line.path));
  if (program.checkUsage) program.checkUsage(entry, line);
  else checkUsage(entry, commandPath(line.path), line);
  await program.call(entry, line, out);
}

/** The entries that `help <words...>` asks about. */
function helpPath<Module>(program: Program<Module>, words: readonly string[]): Entry<Module>[] {
  const path: Entry<Module>[] = [program.grammar.root];
  for (const word of words) {
    const group = path.at(-1);
    const next = group?.kind === "group" ? findEntry(group.commands, word) : undefined;
    if (!next) throw unknownCommand(program, path, word);
    path.push(next);
  }
  return path;
}

async function help<Module>(program: Program<Module>, path: readonly Entry<Module>[]): Promise<string> {
  const { helpText } = await import("./help.ts");
  const { root, globalFlags, rootFlags } = program.grammar;
  const entry = path.at(-1) ?? root;
  return helpText(entry, commandPath(path), entry === root ? { ...globalFlags, ...rootFlags } : globalFlags);
}

const commandPath = (path: readonly Entry[]): string => path.map((entry) => entry.name).join(" ");

/** A word that names no command of the innermost group. */
export class UnknownCommand extends ForgeError {
  constructor(
    message: string,
    readonly word: string,
    readonly path: readonly Entry[],
  ) {
    super("unknown", message);
  }
}

function unknownCommand<Module>(program: Program<Module>, path: readonly Entry<Module>[], word: string) {
  return new UnknownCommand(program.unknownCommandMessage(word, commandPath(path.slice(1))), word, path);
}

/** Finds names close to an unknown command or flag, and puts the best into the error's hint. */
async function withSuggestions(
  error: ForgeError,
): Promise<{ error: ForgeError; suggestions: readonly string[] }> {
  const source = suggestionSource(error);
  if (source === undefined) return { error, suggestions: [] };
  const { nearNames } = await import("../core/edit-distance.ts");
  const suggestions = nearNames(source.word, source.candidates);
  const [best] = suggestions;
  if (best !== undefined) error.hint = `Did you mean ${source.prefix}${best}?`;
  return { error, suggestions };
}

function suggestionSource(error: ForgeError) {
  if (error instanceof UnknownFlag && error.flagName !== undefined)
    return { word: error.flagName, candidates: error.known, prefix: "--" };
  if (error instanceof UnknownCommand)
    return { word: error.word, candidates: visibleNames(error.path.at(-1)), prefix: "" };
  return undefined;
}

function visibleNames(entry: Entry | undefined): string[] {
  const commands = (entry as Group | undefined)?.commands ?? [];
  return commands.filter(({ hidden }) => !hidden).flatMap(({ name, aliases = [] }) => [name, ...aliases]);
}
