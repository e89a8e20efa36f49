import { type Entry, exactly, type Group, noArguments } from "../../console/command.ts";
import type { Flags } from "../../console/flags.ts";
import { list, text } from "../../console/flags.ts";
import { type AnyModule, command, type Run } from "../invocation.ts";

export const definitionLsFlags = { tags: list("only with one of these tags") } as const;

export const definitionRunFlags = {
  agent: text("agent, id or the start of one (default: the stored one, then the only one)", {
    short: "a",
    completes: "agent",
  }),
  var: list("key=value for the text; repeatable"),
} as const;

/** What the modules of both verbs export. */
interface DefinitionModule {
  readonly ls: Run<typeof definitionLsFlags>;
  readonly show: Run<Flags>;
  readonly add: Run<Flags>;
  readonly edit: Run<Flags>;
  readonly remove: Run<Flags>;
  readonly run: Run<typeof definitionRunFlags>;
}

/** The verbs of what people keep in YAML files, one in each. */
function definitionVerbs(
  noun: "template" | "sequence",
  runSummary: string,
  load: () => Promise<DefinitionModule>,
): readonly Entry<AnyModule>[] {
  const named = exactly(1, "<name>", noun);
  return [
    command({
      name: "ls",
      aliases: ["list"],
      summary: `List the ${noun}s`,
      arity: noArguments,
      flags: definitionLsFlags,
      load: async () => ({ run: (await load()).ls }),
    }),
    command({
      name: "show",
      summary: `Print a ${noun}`,
      arity: named,
      flags: {},
      load: async () => ({ run: (await load()).show }),
    }),
    command({
      name: "add",
      summary: `Write a ${noun} of your own in $EDITOR`,
      arity: exactly(1, "<name>"),
      flags: {},
      load: async () => ({ run: (await load()).add }),
    }),
    command({
      name: "edit",
      summary: `Open a ${noun} of your own in $EDITOR`,
      arity: named,
      flags: {},
      load: async () => ({ run: (await load()).edit }),
    }),
    command({
      name: "delete",
      aliases: ["rm"],
      summary: `Delete a ${noun} of your own`,
      arity: named,
      flags: {},
      load: async () => ({ run: (await load()).remove }),
    }),
    command({
      name: "run",
      summary: runSummary,
      arity: named,
      flags: definitionRunFlags,
      load: async () => ({ run: (await load()).run }),
    }),
  ];
}

export const templates: Group<AnyModule> = {
  kind: "group",
  name: "template",
  aliases: ["tmpl"],
  summary: "Manage messages that are sent often",
  description:
    "Manages messages that are written once and sent often: forge msg <loop> --template <name>. They are YAML files in\n.forge/templates of the project, or your own.",
  commands: definitionVerbs(
    "template",
    "Put its message into the queue of an agent",
    () => import("../commands/template.ts"),
  ),
};

export const sequences: Group<AnyModule> = {
  kind: "group",
  name: "seq",
  aliases: ["sequence"],
  summary: "Manage messages and pauses that are queued together",
  description:
    "Manages messages and pauses that are queued together: forge msg <loop> --seq <name>. They are YAML files in\n.forge/sequences of the project, or your own.",
  commands: definitionVerbs(
    "sequence",
    "Put its steps into the queue of an agent",
    () => import("../commands/seq.ts"),
  ),
};
