import { expect, test } from "bun:test";
import { dirname } from "node:path";
import { importedFile, type Loaded, loadedWith, sourceFiles } from "./support/source.ts";

const files = sourceFiles();

/** Costs 1-10 ms at start, by measurement on Bun 1.4.5; each has a cheap stand-in (docs/architecture.md). */
const NEVER_AT_START = [
  "node:crypto",
  "node:tty",
  "node:util",
  "node:readline",
  "node:process",
  "commander",
  "zod",
];

/** What answering `--version` and `--help` has no use for. */
const NOT_FOR_HELP = [...NEVER_AT_START, "bun:sqlite", "node:child_process", "yaml", "valibot", "re2js"];

/** What commands that agents call hundreds of times an hour have no use for. */
const NOT_FOR_FAST_COMMANDS = [...NEVER_AT_START, "yaml", "valibot", "re2js"];
const ROOMS_NOT_FOR_FAST_COMMANDS = ["src/runner/", "src/harness/"];

/** Programs that own the terminal and may pay for its streams. */
const MAY_USE_PROCESS_STREAMS = ["src/tui/"];

const dynamicTargets = (path: string): string[] =>
  (files.get(path)?.imports ?? [])
    .filter(({ kind }) => kind === "dynamic")
    .flatMap((imported) => importedFile(path, imported) ?? []);

/** A program of the executable: its dispatcher, and what that loads before every command. */
interface Program {
  readonly dispatcher: string;
  readonly beforeCommands: readonly string[];
}
const forge: Program = { dispatcher: "src/cli/forge.ts", beforeCommands: ["src/config/config.ts"] };
const fmail: Program = { dispatcher: "src/fmail/fmail.ts", beforeCommands: [] };

/** The modules of a program's commands, as its registry loads them. */
const commandsOf = ({ dispatcher }: Program): string[] =>
  [...files.keys()]
    .filter((path) => path.startsWith(`${dirname(dispatcher)}/registry/`))
    .flatMap(dynamicTargets)
    .filter((path, at, all) => all.indexOf(path) === at && files.has(path))
    .sort();

const loadedForHelp = ({ dispatcher }: Program): Loaded =>
  loadedWith(["src/main.ts", dispatcher, "src/console/help.ts"], files);

/** What is in memory when a command runs. */
const loadedForCommand = ({ dispatcher, beforeCommands }: Program, module: string): Loaded =>
  loadedWith(["src/main.ts", dispatcher, ...beforeCommands, module], files);

const ways = (loaded: Loaded, isForbidden: (name: string) => boolean): string[] =>
  [...loaded].filter(([name]) => isForbidden(name)).map(([, way]) => way);

test.each([
  ["forge", forge],
  ["fmail", fmail],
])(
  "%s --version and --help load neither the database nor anything that is slow to load",
  (_name, program) => {
    const loaded = loadedForHelp(program);
    expect(loaded.size).toBeGreaterThan(10);
    expect(ways(loaded, (name) => NOT_FOR_HELP.includes(name) || name.startsWith("src/store/"))).toEqual([]);
  },
);

test.each(commandsOf(forge))("%s loads no module that costs milliseconds", (module) => {
  expect(ways(loadedForCommand(forge, module), (name) => NEVER_AT_START.includes(name))).toEqual([]);
});

test.each(
  ["ps", "msg", "logs", "queue", "status", "stop", "kill", "mem", "work"]
    .map((verb) => `src/cli/commands/${verb}.ts`)
    .filter((path) => files.has(path)),
)("%s loads no runner, no harness and no parser that it has no use for", (module) => {
  // What agents print is read by the harness room, and `logs` shows it.
  const rooms = ROOMS_NOT_FOR_FAST_COMMANDS.filter(
    (room) => room !== "src/harness/" || !module.endsWith("/logs.ts"),
  );
  const isForbidden = (name: string) =>
    NOT_FOR_FAST_COMMANDS.includes(name) || rooms.some((room) => name.startsWith(room));
  expect(ways(loadedForCommand(forge, module), isForbidden)).toEqual([]);
});

test.each(commandsOf(fmail))(
  "%s loads nothing of loops, no database and no module that is slow to load",
  (module) => {
    const isForbidden = (name: string) =>
      NOT_FOR_HELP.includes(name) || /^src\/(cli|runner|harness|supervisor|store|config)\//.test(name);
    expect(ways(loadedForCommand(fmail, module), isForbidden)).toEqual([]);
  },
);

test("nothing uses process.stdout or process.stdin, which cost 10 ms and lose output", () => {
  const found = [...files.values()]
    .filter(({ path }) => !MAY_USE_PROCESS_STREAMS.some((room) => path.startsWith(room)))
    .flatMap(({ path, accesses }) =>
      accesses
        .filter(({ name }) => /^process\.(stdout|stdin|stderr)$/.test(name))
        .map(({ name, line }) => `${path}:${line}: uses ${name}`),
    );
  expect(found).toEqual([]);
});
