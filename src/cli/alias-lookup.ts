import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Alias, parseAlias, parseAliases } from "../core/alias.ts";
import { HARNESS_PROGRAMS, harnessOfCommand } from "../core/alias-profile.ts";
import { expandVariables } from "../core/shell-words.ts";
import type { World } from "../core/world.ts";

/** Where people keep their aliases. */
const DEFAULT_FILES = [
  "~/.zsh_aliases",
  "~/.bash_aliases",
  "~/.bashrc",
  "~/.zshrc",
  "~/.config/fish/config.fish",
];

/** A login shell reads start-up files of others, which may wait for something for ever. */
const SHELL_TIMEOUT_MS = 5000;

export interface FoundAliases {
  readonly aliases: readonly Alias[];
  /** Names that were asked for and are nowhere. */
  readonly missing: readonly string[];
}

/**
 * The aliases to make profiles of (spec/30 section 5.3): those that are named, or without names all that start a harness, and
 * the harnesses on the PATH unless the files were chosen by the environment.
 */
export function findAliases(names: readonly string[], world: World): FoundAliases {
  const chosen = world.env.FORGE_ALIAS_FILE || world.env.FORGE_PROFILE_INIT_ALIAS_FILE;
  const files = readFiles(chosen ? chosen.split(":") : DEFAULT_FILES, world);
  const defined = parseAliases(files.map(({ text }) => text));
  if (names.length > 0)
    return findNamed(
      new Set(names),
      defined,
      files.map(({ path }) => path),
      world,
    );
  const starting = [...defined.values()].filter(({ command }) => harnessOfCommand(command));
  return { aliases: chosen ? starting : [...starting, ...installed(defined, world)], missing: [] };
}

function readFiles(paths: readonly string[], { env, cwd }: World): { path: string; text: string }[] {
  const absolute = paths
    .filter((path) => path !== "")
    .map((path) => resolve(cwd, expandVariables(path, env)));
  return [...new Set(absolute)].flatMap((path) => {
    try {
      return [{ path, text: readFileSync(path, "utf8") }];
    } catch {
      return []; // One that is not there is the usual case.
    }
  });
}

/** The harnesses on the PATH that no alias stands for, each under its own name. */
function installed(defined: ReadonlyMap<string, Alias>, { env }: World): Alias[] {
  return HARNESS_PROGRAMS.flatMap((programs) => {
    const program = programs.find((name) => Bun.which(name, { PATH: env.PATH ?? "" }) !== null);
    return program === undefined || defined.has(program) ? [] : [{ name: program, command: program }];
  });
}

function findNamed(
  names: ReadonlySet<string>,
  defined: ReadonlyMap<string, Alias>,
  files: readonly string[],
  world: World,
): FoundAliases {
  const aliases: Alias[] = [];
  const missing: string[] = [];
  for (const name of names) {
    const alias = defined.get(name) ?? askShell(name, files, world);
    if (alias) aliases.push(alias);
    else missing.push(name);
  }
  return { aliases, missing };
}

/** Has the user's own shell look a name up: an alias may be made by code that only the shell can run. */
function askShell(name: string, files: readonly string[], { env, cwd }: World): Alias | undefined {
  if (env.FORGE_PROFILE_INIT_SKIP_ZSH_ALIAS) return undefined;
  const shell = env.FORGE_ALIAS_SHELL || env.SHELL || "/bin/zsh";
  const script = [...files.map((path) => `source ${quoted(path)}`), `alias ${quoted(name)}`].join("; ");
  try {
    const { stdout } = Bun.spawnSync([shell, "-lc", script], {
      cwd,
      env: { ...env },
      stdio: ["ignore", "pipe", "ignore"],
      timeout: SHELL_TIMEOUT_MS,
    });
    const lines = stdout.toString().trim().split("\n");
    return lines
      .map((line) => parseAlias(line.startsWith("alias ") ? line : `alias ${line}`))
      .find((alias) => alias?.name === name);
  } catch {
    return undefined; // No such shell.
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
