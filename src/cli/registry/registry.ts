import type { Group } from "../../console/command.ts";
import { atLeast } from "../../console/command.ts";
import { text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";
import { loops } from "./loops.ts";

void text;
/** Every command of forge, described as data. Read by the parser, the help texts, shell completion and the docs test. */
export const registry: Group<AnyModule> = {
  kind: "group",
  name: "forge",
  summary: "Runs and supervises looped AI coding agents on repositories.",
  commands: [
    ...loops,
    command({
      name: "help",
      summary: "Help about any command",
      arity: { ...atLeast(0, "[command...]") },
      flags: {},
      withoutConfig: true,
      // Answered by the dispatcher itself, which alone knows the registry.
      load: async () => ({ run: () => {} }),
    }),
  ],
};
