import { type Entry, exactly } from "../../console/command.ts";
import { type AnyModule, command } from "../invocation.ts";

/** `forge loop run`: started by other commands, never typed. */
export const loopRun: Entry<AnyModule> = command({
  name: "run",
  summary: "Live a loop's life in this process",
  hidden: true,
  arity: exactly(1, "<loop>", "loop"),
  flags: {},
  load: () => import("../commands/loop-run.ts"),
});
