import type { Entry } from "../../console/command.ts";
import { text } from "../../console/flags.ts";
import { AGENT_VERDICTS } from "../../core/agent-verdict.ts";
import { type AnyModule, command } from "../invocation.ts";

export const verdictFlags = {
  reason: text("why, in one line; required for blocked"),
  loop: text("the loop whose running run is meant (default: the run that calls)", { completes: "loop" }),
} as const;

/** How an agent says how far its work is. */
export const verdict: Entry<AnyModule> = command({
  name: "verdict",
  summary: "Say from inside a run that the work is done or blocked",
  description:
    "Called by the agent of a run. done stops the loop after the run, if its gate command agrees; blocked has it wait for a\nperson; continue says that the work goes on, although nothing may have changed. The last word of a run counts.\nforge verdict show [loop] prints the last verdict.",
  arity: {
    min: 1,
    max: 2,
    usage: "<done|continue|blocked|show> [loop]",
    completes: [[...AGENT_VERDICTS, "show"], "loop"],
  },
  flags: verdictFlags,
  load: () => import("../commands/verdict.ts"),
});
