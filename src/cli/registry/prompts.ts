import { atMost, exactly, type Group, noArguments } from "../../console/command.ts";
import { type AnyModule, command } from "../invocation.ts";

/** The prompts that a repository registers. */
export const prompts: Group<AnyModule> = {
  kind: "group",
  name: "prompt",
  summary: "Manage the prompts of this repository",
  description: "Manages the prompts of this repository: markdown files in .forge/prompts that loops name.",
  commands: [
    command({
      name: "ls",
      aliases: ["list"],
      summary: "List the prompts",
      arity: noArguments,
      flags: {},
      load: async () => ({ run: (await import("../commands/prompt.ts")).ls }),
    }),
    command({
      name: "add",
      summary: "Register a copy of a file",
      arity: exactly(2, "<name> <path>", "prompt", "file"),
      flags: {},
      load: async () => ({ run: (await import("../commands/prompt.ts")).add }),
    }),
    command({
      name: "show",
      summary: "Print a prompt",
      arity: exactly(1, "<name>", "prompt"),
      flags: {},
      load: async () => ({ run: (await import("../commands/prompt.ts")).show }),
    }),
    command({
      name: "edit",
      summary: "Open a prompt in $EDITOR",
      arity: exactly(1, "<name>", "prompt"),
      flags: {},
      load: () => import("../commands/prompt-edit.ts"),
    }),
    command({
      name: "set-default",
      summary: "Make a prompt the one of loops that name none",
      arity: exactly(1, "<name>", "prompt"),
      flags: {},
      load: async () => ({ run: (await import("../commands/prompt.ts")).setDefault }),
    }),
    command({
      name: "validate",
      summary: "Check one prompt or all",
      arity: atMost(1, "[name]", "prompt"),
      flags: {},
      load: () => import("../commands/prompt-validate.ts"),
    }),
    command({
      name: "rm",
      aliases: ["remove"],
      summary: "Remove a prompt",
      arity: exactly(1, "<name>", "prompt"),
      flags: {},
      load: async () => ({ run: (await import("../commands/prompt.ts")).rm }),
    }),
  ],
};
