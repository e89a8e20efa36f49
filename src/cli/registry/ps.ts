import { noArguments } from "../../console/command.ts";
import { text } from "../../console/flags.ts";
import { LOOP_STATES } from "../../core/loop-state.ts";
import { command } from "../invocation.ts";

/** Which loops are meant, where a verb can address several (spec/20 section 5.2). */
export const filterFlags = {
  repo: text("only loops of this repository", { completes: "directory" }),
  pool: text("only loops of this pool (name or id)", { completes: "pool" }),
  profile: text("only loops pinned to this profile (name or id)", { completes: "profile" }),
  tag: text("only loops with this tag"),
} as const;

export const stateFlag = { state: text("only loops in this state", { completes: LOOP_STATES }) } as const;

export const psFlags = { ...filterFlags, ...stateFlag } as const;

/** `forge ps`, apart from the other verbs: nothing is called more often. */
export const ps = command({
  name: "ps",
  aliases: ["ls"],
  summary: "List loops",
  description:
    "Lists loops of all repositories, oldest first. With -C, only those of that directory. With --watch the list stays\n" +
    "on the terminal and changes with the loops; with --watch --jsonl a loop is printed again when it has changed.",
  arity: noArguments,
  flags: psFlags,
  load: () => import("../commands/ps.ts"),
});
