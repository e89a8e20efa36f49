import { atLeast, type Group } from "../../console/command.ts";
import { type AnyModule, command } from "../invocation.ts";
import { daemon } from "./daemon.ts";
import { database } from "./database.ts";
import { demo } from "./demo.ts";
import { fmail } from "./fmail.ts";
import { loops } from "./loops.ts";
import { retired } from "./retired.ts";
import { loopRun } from "./runner.ts";
import { shell } from "./shell.ts";
import { loopVerbs, verbs } from "./verbs.ts";
import { workspace } from "./workspace.ts";

/** Every command of forge, described as data. Read by the parser, the help texts, shell completion and the docs test. */
export const registry: Group<AnyModule> = {
  kind: "group",
  name: "forge",
  summary: "Runs and supervises looped AI coding agents on repositories.",
  commands: [
    ...loops,
    ...verbs,
    daemon,
    ...database,
    ...demo,
    ...workspace,
    ...fmail,
    ...shell,
    ...retired,
    {
      kind: "group",
      name: "loop",
      summary: "The loop verbs by their long form",
      hidden: true,
      // Here `run` is not the single iteration but the background runner.
      commands: [...loops.filter(({ name }) => name !== "run"), ...loopVerbs, loopRun],
    },
    command({
      name: "help",
      summary: "Help about any command",
      arity: atLeast(0, "[command...]"),
      flags: {},
      // Answered by the dispatcher, which knows every help text.
      load: async () => ({ run: () => {} }),
    }),
  ],
};
