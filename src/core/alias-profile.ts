import type { Alias } from "./alias.ts";
import { DEFAULT_OPENCODE_MODEL, type Harness, type PromptMode } from "./profile.ts";
import { expandVariables, shellAssignment, shellWords } from "./shell-words.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** What a profile that is made from an alias consists of. */
export interface AliasProfile {
  readonly name: string;
  readonly harness: Harness;
  readonly promptMode: PromptMode;
  readonly commandTemplate: string;
  /** Absolute; undefined for the usual place of the harness. */
  readonly authHome: string | undefined;
}

/** The programs of the harnesses, by the name of their executable. */
const EXECUTABLES = new Map<string, Harness>([
  ["opencode", "opencode"],
  ["codex", "codex"],
  ["claude", "claude"],
  ["claude-code", "claude"],
  ["pi", "pi"],
  ["droid", "droid"],
  ["factory", "droid"],
  ["amp", "amp"],
]);

/** Names under which a harness may be installed, the usual one first. */
export const HARNESS_PROGRAMS: readonly (readonly string[])[] = [
  ["codex"],
  ["claude", "claude-code"],
  ["opencode"],
  ["pi"],
  ["droid", "factory"],
  ["amp"],
];

/** Words that start another command. */
const WRAPPERS = new Set(["env", "command", "sudo", "exec", "time", "noglob", "nocorrect"]);

/** The harness that a command starts; undefined when its program is none. */
export function harnessOfCommand(command: string): Harness | undefined {
  const program = shellWords(command).find((word) => !shellAssignment(word) && !WRAPPERS.has(word));
  return program === undefined ? undefined : EXECUTABLES.get(baseName(program).toLowerCase());
}

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The profile that runs what an alias runs, with the prompt delivered (spec/30 section 5.3). */
export function profileOfAlias(alias: Alias, env: Variables): AliasProfile {
  const harness = harnessOfCommand(alias.command) ?? harnessByWord(`${alias.name} ${alias.command}`);
  const { suffix, promptMode } = delivery(harness, alias.command, env);
  return {
    name: alias.name,
    harness,
    promptMode,
    commandTemplate: `${alias.command}${suffix}`,
    authHome: authHomeOf(alias, env),
  };
}

/** For a wrapper script: the harness whose name stands anywhere in the alias. `pi` is last, it is in too many words. */
function harnessByWord(text: string): Harness {
  const words = ["opencode", "codex", "claude", "droid", "factory", "amp"];
  const word = words.find((candidate) => text.toLowerCase().includes(candidate));
  return (word && EXECUTABLES.get(word)) || "pi";
}

/** What claude needs to run by itself and to print one event a line. */
const CLAUDE_FLAGS = [
  "--dangerously-skip-permissions",
  "--verbose",
  "--output-format stream-json",
  "--include-partial-messages",
];

const PROMPT = '"$FORGE_PROMPT_CONTENT"';

function delivery(
  harness: Harness,
  command: string,
  env: Variables,
): { suffix: string; promptMode: PromptMode } {
  switch (harness) {
    case "opencode": {
      const model = env.FORGE_OPENCODE_MODEL || DEFAULT_OPENCODE_MODEL;
      return { suffix: ` run --model ${model} ${PROMPT}`, promptMode: "env" };
    }
    case "codex":
      return { suffix: " exec -", promptMode: "stdin" };
    case "claude": {
      const missing = CLAUDE_FLAGS.filter((flag) => !command.includes(flag.split(" ")[0] ?? flag));
      return { suffix: [` -p ${PROMPT}`, ...missing].join(" "), promptMode: "env" };
    }
    case "droid":
      return { suffix: " exec --skip-permissions-unsafe", promptMode: "stdin" };
    case "pi":
    case "generic":
      return { suffix: ` -p ${PROMPT}`, promptMode: "env" };
    case "amp":
      return { suffix: " -x", promptMode: "stdin" };
    default:
      return harness satisfies never;
  }
}

/** Variables that tell a harness where its login lies, the strongest first. */
const HOME_VARIABLES = [
  "PI_CODING_AGENT_DIR",
  "CODEX_HOME",
  "OPENCODE_CONFIG_DIR",
  "OPENCODE_HOME",
  "XDG_DATA_HOME",
  "CLAUDE_CONFIG_DIR",
  "CLAUDE_HOME",
  "AMP_HOME",
  "DROID_HOME",
  "FACTORY_HOME",
  "PI_HOME",
  "HOME",
];

/** How people number their logins: the opening of an alias, and the folder that belongs to it. */
const NUMBERED_HOMES: readonly (readonly [opening: string, folder: string])[] = [
  ["codex", "~/.codex-"],
  ["oc", "~/.opencode-"],
  ["cc", "~/.claude-"],
];

function authHomeOf({ name, command }: Alias, env: Variables): string | undefined {
  const assigned = leadingAssignments(command);
  const variable = HOME_VARIABLES.find((candidate) => assigned.get(candidate));
  if (variable !== undefined) return expandVariables(assigned.get(variable) ?? "", env) || undefined;
  const [, opening, number] = /^(\D+)(\d+)$/.exec(name) ?? [];
  const folder = NUMBERED_HOMES.find(([known]) => known === opening)?.[1];
  return folder === undefined ? undefined : expandVariables(`${folder}${number}`, env);
}

/** The assignments before the program, behind wrappers too: `env CODEX_HOME=/x codex`. */
function leadingAssignments(command: string): Map<string, string> {
  const assigned = new Map<string, string>();
  for (const word of shellWords(command)) {
    const assignment = shellAssignment(word);
    if (assignment) assigned.set(assignment.name, assignment.value);
    else if (!WRAPPERS.has(word)) break;
  }
  return assigned;
}
