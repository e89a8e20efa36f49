import { atLeast, exactly, type Group, noArguments } from "../../console/command.ts";
import { integer, text } from "../../console/flags.ts";
import { CHOICE_STRATEGIES } from "../../core/pool.ts";
import { type AnyModule, command } from "../invocation.ts";

export const poolCreateFlags = {
  strategy: text("how the next profile is chosen", { default: "round_robin", completes: CHOICE_STRATEGIES }),
} as const;

export const poolAddFlags = {
  weight: integer("share of the runs in a weighted pool, 1 to 100", { default: 1 }),
} as const;

/** Profiles that loops share. */
export const pools: Group<AnyModule> = {
  kind: "group",
  name: "pool",
  summary: "Manage pools: profiles that loops share",
  commands: [
    command({
      name: "ls",
      aliases: ["list"],
      summary: "List pools",
      arity: noArguments,
      flags: {},
      load: async () => ({ run: (await import("../commands/pool.ts")).ls }),
    }),
    command({
      name: "create",
      summary: "Create a pool",
      description:
        "Creates a pool. The first one becomes the default: loops that name neither pool nor profile use it.",
      arity: exactly(1, "<name>"),
      flags: poolCreateFlags,
      load: async () => ({ run: (await import("../commands/pool.ts")).create }),
    }),
    command({
      name: "add",
      summary: "Add profiles to a pool",
      arity: atLeast(2, "<pool> <profile...>", "pool", "profile"),
      flags: poolAddFlags,
      load: async () => ({ run: (await import("../commands/pool-members.ts")).add }),
    }),
    command({
      name: "remove-profile",
      summary: "Take profiles out of a pool",
      arity: atLeast(2, "<pool> <profile...>", "pool", "profile"),
      flags: {},
      load: async () => ({ run: (await import("../commands/pool-members.ts")).remove }),
    }),
    command({
      name: "show",
      summary: "Show a pool and its profiles",
      arity: exactly(1, "<name>", "pool"),
      flags: {},
      load: async () => ({ run: (await import("../commands/pool.ts")).show }),
    }),
    command({
      name: "set-strategy",
      summary: "Change how a pool chooses the next profile",
      description:
        "Changes how a pool chooses among its free profiles: round_robin takes turns, lru takes the one that has rested longest,\nweighted gives each its share, drain stays with the one that a loop used last.",
      arity: exactly(2, "<pool> <strategy>", "pool", CHOICE_STRATEGIES),
      flags: {},
      load: async () => ({ run: (await import("../commands/pool.ts")).setStrategy }),
    }),
    command({
      name: "set-default",
      summary: "Make a pool the default",
      arity: exactly(1, "<name>", "pool"),
      flags: {},
      load: async () => ({ run: (await import("../commands/pool.ts")).setDefault }),
    }),
    command({
      name: "rm",
      aliases: ["remove"],
      summary: "Remove a pool; its profiles stay",
      arity: exactly(1, "<name>", "pool"),
      flags: {},
      load: async () => ({ run: (await import("../commands/pool.ts")).rm }),
    }),
  ],
};
