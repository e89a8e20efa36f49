import { atMost, type Entry, noArguments } from "../../console/command.ts";
import { bool, text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

export const initFlags = {
  force: bool("write forge.yaml and PROMPT.md anew", { short: "f" }),
  "prompts-from": text("copy the *.md files of this directory to .forge/prompts", { completes: "directory" }),
  "no-create-prompt": bool("make no PROMPT.md"),
} as const;

export const configInitFlags = { force: bool("replace a file that exists", { short: "f" }) } as const;

/** Setting up a repository and Forge itself, and what loops share. */
export const workspace: readonly Entry<AnyModule>[] = [
  command({
    name: "init",
    summary: "Set up .forge/ and PROMPT.md in this directory",
    description:
      "Makes .forge/ with its folders and forge.yaml, a PROMPT.md to start from, and the .gitignore entry for agent mail.\nWhat exists stays as it is.",
    arity: noArguments,
    flags: initFlags,
    withoutConfig: true,
    load: () => import("../commands/init.ts"),
  }),
  {
    kind: "group",
    name: "config",
    summary: "Show, check and create the configuration",
    commands: [
      command({
        name: "path",
        summary: "Print the path of the configuration file",
        arity: noArguments,
        flags: {},
        withoutConfig: true,
        load: async () => ({ run: (await import("../commands/config.ts")).path }),
      }),
      command({
        name: "show",
        summary: "Show the values that count, and where they come from",
        arity: atMost(1, "[key]"),
        flags: {},
        withoutConfig: true,
        load: async () => ({ run: (await import("../commands/config.ts")).show }),
      }),
      command({
        name: "validate",
        summary: "Check the configuration file",
        arity: atMost(1, "[path]", "file"),
        flags: {},
        withoutConfig: true,
        load: async () => ({ run: (await import("../commands/config.ts")).validate }),
      }),
      command({
        name: "init",
        summary: "Write a configuration file that shows every key with its default",
        arity: noArguments,
        flags: configInitFlags,
        withoutConfig: true,
        load: async () => ({ run: (await import("../commands/config.ts")).init }),
      }),
    ],
  },
];
