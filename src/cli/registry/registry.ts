import { atLeast, type Entry, type Group } from "../../console/command.ts";
import { type AnyModule, command } from "../invocation.ts";

/** Commands whose descriptions are loaded together. */
interface Family {
  /** The names and aliases of its members; a test holds them against the descriptions. */
  readonly names: readonly string[];
  readonly load: () => Promise<readonly Entry<AnyModule>[]>;
}

export const families: readonly Family[] = [
  { names: ["ps", "ls"], load: async () => [(await import("./ps.ts")).ps] },
  { names: ["up", "run", "logs", "log"], load: async () => (await import("./loops.ts")).loops },
  {
    names: [
      ...["stop", "kill", "msg", "queue", "resume", "rm", "remove", "delete", "clean", "scale"],
      ...["status", "wait", "explain"],
    ],
    load: async () => (await import("./verbs.ts")).verbs,
  },
  { names: ["loop"], load: async () => [(await import("./loop.ts")).loop] },
  { names: ["daemon"], load: async () => [(await import("./daemon.ts")).daemon] },
  { names: ["profile"], load: async () => [(await import("./profiles.ts")).profiles] },
  { names: ["pool"], load: async () => [(await import("./pools.ts")).pools] },
  { names: ["prompt"], load: async () => [(await import("./prompts.ts")).prompts] },
  { names: ["template", "tmpl"], load: async () => [(await import("./definitions.ts")).templates] },
  { names: ["seq", "sequence"], load: async () => [(await import("./definitions.ts")).sequences] },
  { names: ["harness"], load: async () => [(await import("./harness.ts")).harness] },
  { names: ["quota"], load: async () => [(await import("./quota.ts")).quota] },
  { names: ["runs"], load: async () => [(await import("./runs.ts")).runs] },
  { names: ["budget"], load: async () => [(await import("./budget.ts")).budgets] },
  { names: ["cost"], load: async () => [(await import("./cost.ts")).cost] },
  { names: ["mem"], load: async () => [(await import("./loop-notes.ts")).memory] },
  { names: ["lock"], load: async () => [(await import("./locks.ts")).locks] },
  { names: ["verdict"], load: async () => [(await import("./verdict.ts")).verdict] },
  { names: ["work"], load: async () => [(await import("./loop-notes.ts")).work] },
  { names: ["init", "config"], load: async () => (await import("./workspace.ts")).workspace },
  { names: ["send", "inject"], load: async () => (await import("./agents.ts")).agents },
  { names: ["hook"], load: async () => [(await import("./hooks.ts")).hooks] },
  { names: ["use", "context"], load: async () => (await import("./context.ts")).context },
  { names: ["audit", "export"], load: async () => (await import("./events.ts")).events },
  { names: ["skills"], load: async () => [(await import("./skills.ts")).skills] },
  { names: ["doctor"], load: async () => [(await import("./doctor.ts")).doctor] },
  { names: ["du", "gc"], load: async () => (await import("./disk.ts")).disk },
  { names: ["migrate"], load: async () => (await import("./database.ts")).database },
  { names: ["mail"], load: async () => [(await import("./mail.ts")).mail] },
  { names: ["fmail"], load: async () => (await import("./fmail.ts")).fmail },
  { names: ["demo", "__demo-agent"], load: async () => (await import("./demo.ts")).demo },
  { names: ["completion", "__complete"], load: async () => (await import("./shell.ts")).shell },
  {
    names: ["accounts", "attach", "recipe", "vault", "ws", "workspace"],
    load: async () => (await import("./retired.ts")).retired,
  },
];

/** Answered before any command is looked at. */
const ANSWERED_BY_THE_ROOT = ["--version", "--robot-help"];

/**
 * Every command of forge, described as data: the parser, the help texts, shell completion and the docs test read it. For a
 * line that begins with a command only its family is there: describing all of them would cost each a millisecond.
 */
export async function registryFor([first = ""]: readonly string[]): Promise<Group<AnyModule>> {
  if (ANSWERED_BY_THE_ROOT.includes(first)) return root([]);
  const family = families.find(({ names }) => names.includes(first));
  const loaded = await Promise.all((family ? [family] : families).map(({ load }) => load()));
  return root(loaded.flat());
}

const PURPOSE = "Runs and supervises looped AI coding agents on repositories.";

const root = (commands: readonly Entry<AnyModule>[]): Group<AnyModule> => ({
  kind: "group",
  name: "forge",
  summary: PURPOSE,
  description: `${PURPOSE}\nNew here: forge demo. In a repository of yours: forge init, then forge up.`,
  commands: [...commands, help],
});

const help = command({
  name: "help",
  summary: "Help about any command",
  arity: atLeast(0, "[command...]"),
  flags: {},
  // Answered by the dispatcher, which knows every help text.
  load: async () => ({ run: () => {} }),
});
