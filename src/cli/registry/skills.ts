import { type Group, noArguments } from "../../console/command.ts";
import { bool, text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

export const skillsBootstrapFlags = {
  force: bool("replace files that exist", { short: "f" }),
  path: text("copy this tree (default: .agent-skills, else the one that Forge brings)", {
    completes: "directory",
  }),
  "all-profiles": bool("for all profiles of the configuration, not those of the default pool"),
} as const;

/** What agents can read up on. */
export const skills: Group<AnyModule> = {
  kind: "group",
  name: "skills",
  summary: "Give agents skills to read",
  commands: [
    command({
      name: "bootstrap",
      summary: "Copy skills to where the configured agents look for them",
      description:
        "Copies a tree of skills to where the agents of the configured profiles look for them. Files that exist stay as they\nare.",
      arity: noArguments,
      flags: skillsBootstrapFlags,
      load: () => import("../commands/skills.ts"),
    }),
  ],
};
