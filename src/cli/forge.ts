import { existsSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { hooksPath } from "../config/paths.ts";
import type { Command, Group } from "../console/command.ts";
import { type Format, Output } from "../console/output.ts";
import type { ParsedLine } from "../console/parse.ts";
import { type Failure, type Program, runProgram, UnknownCommand } from "../console/program.ts";
import { reportError } from "../console/report.ts";
import { writeAll } from "../console/write.ts";
import { invalid, operationFailed } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { configRequest } from "./config-request.ts";
import { type GlobalValues, globalFlags, outputSettings, rootFlags } from "./globals.ts";
import type { AnyModule } from "./invocation.ts";
import { registryFor } from "./registry/registry.ts";

/** Runs one forge command line and returns its exit code. */
export const forge = async (words: readonly string[], world: World): Promise<number> =>
  runProgram(words, forgeProgram(world, await registryFor(words)));

function forgeProgram(world: World, root: Group<AnyModule>): Program<AnyModule> {
  return {
    grammar: { root, globalFlags, rootFlags },
    output: (values) => new Output(outputSettings(asGlobal(values), world)),
    versionLine: async () => (await import("../console/version.ts")).versionLine("forge"),
    robotHelp: async () => (await import("./robot-help.ts")).robotHelp(),
    unknownCommandMessage: (word, group) =>
      group === "" ? `unknown forge command: ${word}` : `unknown ${group} subcommand '${word}'`,
    call: (command, line, out) => call(command, line, out, world),
    report: (failure) => report(failure, world),
  };
}

// The parser made these values from exactly these flags.
const asGlobal = (values: Record<string, unknown>) => values as unknown as GlobalValues;

async function call(
  command: Command<AnyModule>,
  line: ParsedLine<AnyModule>,
  out: Output,
  world: World,
): Promise<void> {
  const global = asGlobal(line.global);
  if (global.json && global.jsonl) throw invalid("--json and --jsonl cannot be used together");
  const here = changeDirectory(world, global.chdir);
  const config = command.withoutConfig ? undefined : await loadConfiguration(global, here);
  const module = await command.load();
  try {
    await tellingDatabaseFailures(() =>
      module.run({
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
      }),
    );
  } finally {
    // Also a command that has failed may have made something happen.
    if (config && existsSync(hooksPath(config))) await tellHooks({ config, world: here, out });
  }
}

/** Where hooks are registered: tells them of what this command has made happen. */
async function tellHooks(teller: { config: Config; world: World; out: Output }): Promise<void> {
  const { hasStoredEvents } = await import("../store/stored-events.ts");
  if (hasStoredEvents()) await (await import("./tell-hooks.ts")).tellHooks(teller);
}

async function loadConfiguration(global: GlobalValues, world: World) {
  const { loadConfig } = await import("../config/config.ts");
  const { config } = await loadConfig(configRequest(global, world));
  return config;
}

/** A failure inside SQLite that no command expected (a full disk, a broken file) is one of the database, not of the input. */
async function tellingDatabaseFailures(run: () => void | Promise<void>): Promise<void> {
  try {
    await run();
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
    if (!code.startsWith("SQLITE_")) throw thrown;
    throw (await import("../store/database-error.ts")).databaseUnavailable(thrown);
  }
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
    throw operationFailed(`failed to change directory to ${directory}: ${reason}`, { cause: thrown });
  }
  return { ...world, cwd: process.cwd() };
}

/** Prints a failure; below an unknown command stands the root help (spec/20 section 1.2). */
async function report({ error, words, path, rootHelp }: Failure<AnyModule>, world: World): Promise<number> {
  const format = formatOf(words);
  reportError(error, { format, stderrIsTerminal: world.isTerminal(2) });
  if (format === "text" && error instanceof UnknownCommand && path.length === 1)
    writeAll(2, await rootHelp());
  return error.exit;
}

/** The format of an error's report, also where the line could not be parsed: by the flag words themselves. */
function formatOf(words: readonly string[]): Format {
  const end = words.indexOf("--");
  const flags = end < 0 ? words : words.slice(0, end);
  const asked = (name: string) =>
    flags.some((word) => word === name || /^(1|t|true)$/i.test(assigned(word, name)));
  if (asked("--jsonl")) return "jsonl";
  return asked("--json") ? "json" : "text";
}

const assigned = (word: string, name: string): string =>
  word.startsWith(`${name}=`) ? word.slice(name.length + 1) : "";
