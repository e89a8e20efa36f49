import { atMost, type Entry } from "../../console/command.ts";
import { bool } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

export const quotaFlags = {
  "exit-code": bool("exit with 1 when none of the profiles could start a run now"),
} as const;

/** How much of their limits profiles have used. */
export const quota: Entry<AnyModule> = command({
  name: "quota",
  summary: "Show how much of their limits profiles have used",
  description:
    "Shows what agents told of the limits of their accounts when they last ran. Nobody is asked: a figure is as old as its\nage says.",
  arity: atMost(1, "[profile]", "profile"),
  flags: quotaFlags,
  load: () => import("../commands/quota.ts"),
});
