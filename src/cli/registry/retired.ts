import { atLeast, type Entry } from "../../console/command.ts";
import { ForgeError } from "../../core/errors.ts";
import { type AnyModule, command } from "../invocation.ts";

/** Verbs of earlier generations that still answer, so that old scripts learn why nothing happens (spec/20 section 4.1). */
export const retired: readonly Entry<AnyModule>[] = [
  disabled("accounts"),
  disabled("attach"),
  disabled("recipe"),
  disabled("vault"),
  disabled("ws", "workspace"),
];

function disabled(name: string, ...aliases: string[]): Entry<AnyModule> {
  return command({
    name,
    aliases,
    summary: "Disabled in loop mode",
    hidden: true,
    arity: atLeast(0, "[words...]"),
    flags: {},
    takesRawWords: true,
    withoutConfig: true,
    load: async () => ({
      run: ({ args: [word] }) => {
        const path = ["forge", name, ...(word === undefined || word.startsWith("-") ? [] : [word])].join(" ");
        throw new ForgeError("unknown", `${path} is disabled in loop mode`);
      },
    }),
  });
}
