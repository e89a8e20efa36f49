import { atLeast, type Entry } from "../../console/command.ts";
import { ExitCode } from "../../console/program.ts";
import { type AnyModule, command } from "../invocation.ts";

/** Agent mail by its long name: every word that follows is fmail's own. */
export const fmail: readonly Entry<AnyModule>[] = [
  command({
    name: "fmail",
    summary: "Mail between agents (the same as the program fmail)",
    arity: atLeast(0, "[command] [flags]"),
    flags: {},
    takesRawWords: true,
    withoutConfig: true,
    load: async () => {
      const program = await import("../../fmail/fmail.ts");
      return {
        run: async ({ args, world }) => {
          throw new ExitCode(await program.fmail(args, world));
        },
      };
    },
  }),
];
