import { type Group, noArguments } from "../../console/command.ts";
import { text, values } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

const nodeFlag = { node: text("the machine, by an id of your own") } as const;

export const catalogInitFlags = {
  ...nodeFlag,
  count: values("harness=count; repeatable (default: the profiles that there are here)"),
} as const;

export const catalogAuthFlags = {
  ...nodeFlag,
  profile: text("the profile of the catalog, e.g. CC1"),
  status: text("whether the machine is logged in with it", { completes: ["ok", "expired", "missing"] }),
} as const;

/** Which profiles several machines should have. */
export const catalog: Group<AnyModule> = {
  kind: "group",
  name: "catalog",
  summary: "Which profiles several machines should have, and whether they are logged in",
  default: "status",
  commands: [
    command({
      name: "status",
      summary: "Show the catalog",
      arity: noArguments,
      flags: {},
      load: async () => ({ run: (await import("../commands/profile-catalog.ts")).status }),
    }),
    command({
      name: "init",
      summary: "Give a machine the profiles of the catalog",
      arity: noArguments,
      flags: catalogInitFlags,
      load: async () => ({ run: (await import("../commands/profile-catalog.ts")).init }),
    }),
    command({
      name: "auth",
      summary: "Say whether a machine is logged in with a profile",
      arity: noArguments,
      flags: catalogAuthFlags,
      load: async () => ({ run: (await import("../commands/profile-catalog.ts")).auth }),
    }),
  ],
};
