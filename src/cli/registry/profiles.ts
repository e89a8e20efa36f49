import { atLeast, atMost, exactly, type Group, noArguments } from "../../console/command.ts";
import { bool, integer, text, values } from "../../console/flags.ts";
import { HARNESSES, PROMPT_MODES } from "../../core/profile.ts";
import { type AnyModule, command } from "../invocation.ts";
import { catalog } from "./profile-catalog.ts";

const profileFields = {
  name: text("name of the profile"),
  "auth-kind": text("kind of login (default: the harness)"),
  home: text("where the login of the harness lies", { completes: "directory" }),
  "prompt-mode": text("how the prompt reaches the agent: env, stdin, path", { completes: PROMPT_MODES }),
  command: text("command line that starts the agent"),
  model: text("model that the harness is to use"),
  "extra-arg": values("further argument of the command (repeatable)"),
  env: values("KEY=VALUE in the agent's environment (repeatable)"),
  "max-concurrency": integer("runs at once, 0: no limit (default for new profiles: 1)"),
} as const;

export const profileAddFlags = profileFields;
export const profileEditFlags = profileFields;

export const cooldownSetFlags = {
  until: text("end of the cooldown: a duration from now, or a time"),
  park: bool("until somebody clears it"),
  reason: text("why, as cooldown ls shows it"),
} as const;

export const cooldownClearFlags = {
  all: bool("all profiles that rest"),
} as const;

const cooldowns: Group<AnyModule> = {
  kind: "group",
  name: "cooldown",
  summary: "Profiles that rest",
  commands: [
    command({
      name: "ls",
      aliases: ["list"],
      summary: "List profiles that rest",
      arity: noArguments,
      flags: {},
      load: async () => ({ run: (await import("../commands/profile-cooldown.ts")).ls }),
    }),
    command({
      name: "set",
      summary: "Let a profile rest",
      description:
        "Keeps a profile from starting runs until a time, or with --park until somebody clears it. A run that goes on is left\nalone.",
      arity: exactly(1, "<name>", "profile"),
      flags: cooldownSetFlags,
      load: async () => ({ run: (await import("../commands/profile-cooldown.ts")).set }),
    }),
    command({
      name: "clear",
      summary: "End the rest of a profile",
      description:
        "Lets a profile start runs again that cools down or is parked; loops that wait for it go on at once.",
      arity: atMost(1, "[name]", "profile"),
      flags: cooldownClearFlags,
      load: async () => ({ run: (await import("../commands/profile-cooldown.ts")).clear }),
    }),
  ],
};

/** Accounts with an agent CLI. */
export const profiles: Group<AnyModule> = {
  kind: "group",
  name: "profile",
  summary: "Manage profiles: accounts with an agent CLI",
  commands: [
    command({
      name: "ls",
      aliases: ["list"],
      summary: "List profiles",
      arity: noArguments,
      flags: {},
      load: async () => ({ run: (await import("../commands/profile.ts")).ls }),
    }),
    command({
      name: "add",
      summary: "Create a profile",
      description: `Creates a profile for a harness: ${HARNESSES.join(", ")}.\nThe usual commands switch the agent's own approvals off, so that it can work alone.`,
      arity: exactly(1, "<harness>", HARNESSES),
      flags: profileAddFlags,
      load: async () => ({ run: (await import("../commands/profile-edit.ts")).add }),
    }),
    command({
      name: "edit",
      summary: "Change a profile",
      description:
        "Changes what is given and nothing else; --name renames. An empty value clears a field, and\n--extra-arg and --env replace all that was there.",
      arity: exactly(1, "<name>", "profile"),
      flags: profileEditFlags,
      load: async () => ({ run: (await import("../commands/profile-edit.ts")).edit }),
    }),
    command({
      name: "show",
      summary: "Show a profile",
      arity: exactly(1, "<name>", "profile"),
      flags: {},
      load: async () => ({ run: (await import("../commands/profile.ts")).show }),
    }),
    command({
      name: "rm",
      aliases: ["remove"],
      summary: "Remove a profile",
      arity: exactly(1, "<name>", "profile"),
      flags: {},
      load: async () => ({ run: (await import("../commands/profile.ts")).rm }),
    }),
    command({
      name: "doctor",
      aliases: ["test"],
      summary: "Check that a profile can work here",
      arity: exactly(1, "<name>", "profile"),
      flags: {},
      load: () => import("../commands/profile-doctor.ts"),
    }),
    command({
      name: "init",
      aliases: ["import-aliases"],
      summary: "Create profiles from shell aliases",
      description:
        "Creates a profile for each shell alias that starts an agent CLI, and for each agent CLI on the PATH; with names, for\nexactly those aliases. Profiles that exist stay as they are.",
      arity: atLeast(0, "[alias...]"),
      flags: {},
      load: () => import("../commands/profile-init.ts"),
    }),
    command({
      name: "sync",
      summary: "Make the profiles and pools of the configuration file usable",
      description:
        "Creates the profiles and pools of config.yaml, and changes those of the same name to what the file says. Nothing is\nremoved.",
      arity: noArguments,
      flags: {},
      load: () => import("../commands/profile-sync.ts"),
    }),
    cooldowns,
    catalog,
  ],
};
