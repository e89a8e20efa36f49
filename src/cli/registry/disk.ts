import { type Entry, noArguments } from "../../console/command.ts";
import { text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

export const duFlags = {
  by: text("kind or loop", { default: "kind", completes: ["kind", "loop"] }),
} as const;

/** What Forge keeps on disk. */
export const disk: readonly Entry<AnyModule>[] = [
  command({
    name: "du",
    summary: "Show what takes how much space",
    arity: noArguments,
    flags: duFlags,
    load: () => import("../commands/du.ts"),
  }),
];
