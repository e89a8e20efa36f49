import { atLeast, type Entry, exactly } from "../../console/command.ts";
import { type AnyModule, command } from "../invocation.ts";

/** What the shell needs. */
export const shell: readonly Entry<AnyModule>[] = [
  command({
    name: "completion",
    summary: "Print the completion script for a shell",
    description:
      "Prints a script that completes commands, flags and the names of loops, profiles and pools.\nLoad it with: source <(forge completion bash)",
    arity: exactly(1, "<bash|zsh|fish>", ["bash", "zsh", "fish"]),
    flags: {},
    withoutConfig: true,
    load: () => import("../commands/completion.ts"),
  }),
  command({
    name: "__complete",
    summary: "Answer what a shell asks while completing",
    hidden: true,
    arity: atLeast(0, "[words...]"),
    flags: {},
    takesRawWords: true,
    withoutConfig: true,
    load: () => import("../commands/complete.ts"),
  }),
];
