import type { Command, Entry, Group } from "../console/command.ts";
import { Output } from "../console/output.ts";
import { checkUsage, type ParsedLine, parseLine, UnknownFlag } from "../console/parse.ts";
import { reportError } from "../console/report.ts";
import { ForgeError, invalid, operationFailed, toForgeError } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { type GlobalValues, globalFlags, outputSettings, rootFlags } from "./globals.ts";
import type { AnyModule } from "./invocation.ts";
import { registry } from "./registry/registry.ts";

type Line = ParsedLine<AnyModule>;

/** Runs one forge command line and returns its exit code. Every failure is reported here, once. */
export async function forge(words: readonly string[], world: World): Promise<number> {
  try {
    await dispatch(words, world);
    return 0;
  } catch (thrown) {
    if (thrown instanceof ExitCode) return thrown.code;
    const error = await withSuggestion(toForgeError(thrown));
    reportError(error, { format: formatOf(words), stderrIsTerminal: world.isTerminal(2) });
    return error.exit;
  }
}

/** Ends the command with an exit code of its own, everything that was to be said being said. */
export class ExitCode extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

async function dispatch(words: readonly string[], world: World): Promise<void> {
  const line = parseLine(words, { root: registry, globalFlags, rootFlags });
  // The parser made these values from exactly these flags.
  const global = line.global as unknown as GlobalValues;
  const out = new Output(outputSettings(global, world));
  const entry = line.path.at(-1) ?? registry;

  if (line.help) return showHelp(out, line.path);
  if (global.version) return out.line((await import("./version.ts")).versionLine("forge"));
  if (global["robot-help"]) return out.write((await import("./robot-help.ts")).ROBOT_HELP);
  if (global.json && global.jsonl) throw invalid("--json and --jsonl cannot be used together");
  if (line.unknownWord !== undefined) return unknownCommand(line, line.unknownWord, out);
  if (entry.name === "help") return helpCommand(line, out);
  if (entry.kind === "group") return showHelp(out, line.path);
  checkUsage(entry, commandPath(line.path), line);
  await run(entry, line, global, { out, world });
}

async function run(
  command: Command<AnyModule>,
  line: Line,
  global: GlobalValues,
  { out, world }: { out: Output; world: World },
): Promise<void> {
  const here = changeDirectory(world, global.chdir);
  const config = command.withoutConfig ? undefined : await loadConfiguration(global, here);
  const module = await command.load();
  await module.run({
    flags: line.local,
    given: line.given,
    args: line.positionals,
    global,
    world: here,
    out,
    get config() {
      if (config === undefined) throw new Error(`${command.name} runs without configuration`);
      return config;
    },
  });
}

async function loadConfiguration(global: GlobalValues, world: World) {
  const { loadConfig } = await import("../config/config.ts");
  return loadConfig({
    env: world.env,
    cwd: world.cwd,
    configFlag: global.config,
    logLevel: global["log-level"],
    logFormat: global["log-format"],
    verbose: global.verbose,
  }).config;
}

/** Follows `--chdir`; the answer is the world as seen from there. A blank value is ignored. */
function changeDirectory(world: World, directory: string | undefined): World {
  if (!directory?.trim()) return world;
  try {
    process.chdir(directory);
  } catch (thrown) {
    const missing = (thrown as NodeJS.ErrnoException).code === "ENOENT";
    const reason = missing
      ? "no such file or directory"
      : thrown instanceof Error
        ? thrown.message
        : String(thrown);
    // The text contains neither class word; the specification fixes code and exit.
    throw operationFailed(`failed to change directory to ${directory}: ${reason}`, { cause: thrown });
  }
  return { ...world, cwd: process.cwd() };
}

const commandPath = (path: readonly Entry[]): string => path.map((entry) => entry.name).join(" ");

async function showHelp(out: Output, path: readonly Entry<AnyModule>[]): Promise<void> {
  out.write(await helpOf(path));
}

async function helpOf(path: readonly Entry<AnyModule>[]): Promise<string> {
  const { helpText } = await import("../console/help.ts");
  const entry = path.at(-1) ?? registry;
  const isRoot = entry === registry;
  return helpText(entry, commandPath(path), isRoot ? { ...globalFlags, ...rootFlags } : globalFlags);
}

/** `forge help [command...]` answers like `forge [command...] --help`. */
function helpCommand(line: Line, out: Output): Promise<void> {
  const path: Entry<AnyModule>[] = [registry];
  for (const word of line.positionals) {
    const group: Entry<AnyModule> = path.at(-1) ?? registry;
    const next = group.kind === "group" ? find(group, word) : undefined;
    if (!next) return unknownCommand({ ...line, path }, word, out);
    path.push(next);
  }
  return showHelp(out, path);
}

const find = (group: Group<AnyModule>, word: string) =>
  group.commands.find((entry) => entry.name === word || entry.aliases?.includes(word));

async function unknownCommand(line: Line, word: string, out: Output): Promise<never> {
  const group = line.path.at(-1) ?? registry;
  if (group !== registry) {
    const name = commandPath(line.path.slice(1));
    throw new UnknownCommand(`unknown ${name} subcommand '${word}'`, word, group);
  }
  const error = await withSuggestion(new UnknownCommand(`unknown forge command: ${word}`, word, group));
  if (out.isJson) throw error;
  reportError(error, { format: "text", stderrIsTerminal: false });
  out.prompt(await helpOf([registry]));
  throw new ExitCode(error.exit);
}

class UnknownCommand extends ForgeError {
  constructor(
    message: string,
    readonly word: string,
    readonly group: Entry<AnyModule>,
  ) {
    super("unknown", message);
  }
}

/** Adds "did you mean" to an unknown command or flag. Loaded only on this path. */
async function withSuggestion(error: ForgeError): Promise<ForgeError> {
  const { word, candidates, prefix } = suggestionSource(error);
  if (word === undefined) return error;
  const { nearest } = await import("../core/edit-distance.ts");
  const best = nearest(word, candidates);
  if (best === undefined) return error;
  const { kind, message, details, exit, cause } = error;
  return new ForgeError(kind, message, { hint: `Did you mean ${prefix}${best}?`, details, exit, cause });
}

function suggestionSource(error: ForgeError) {
  if (error instanceof UnknownFlag) return { word: error.flagName, candidates: error.known, prefix: "--" };
  if (error instanceof UnknownCommand) {
    const { group, word } = error;
    const entries = group.kind === "group" ? group.commands.filter((entry) => !entry.hidden) : [];
    return {
      word,
      candidates: entries.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]),
      prefix: "",
    };
  }
  return { word: undefined, candidates: [], prefix: "" };
}

/** The format of an error's report, also where the line could not be parsed: by the flag words themselves. */
function formatOf(words: readonly string[]): Output["format"] {
  const end = words.indexOf("--");
  const flags = end < 0 ? words : words.slice(0, end);
  const asked = (name: string) =>
    flags.some((word) => word === name || /^(1|t|true)$/i.test(assigned(word, name)));
  if (asked("--jsonl")) return "jsonl";
  return asked("--json") ? "json" : "text";
}

const assigned = (word: string, name: string): string =>
  word.startsWith(`${name}=`) ? word.slice(name.length + 1) : "";
