import { type Entry, exactly, noArguments } from "../../console/command.ts";
import { duration, integer, text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

const TWO_MINUTES = 120_000;

export const harnessCheckFlags = {
  timeout: duration("end the run after this time", { default: TWO_MINUTES }),
  replay: text("read a recorded stream instead of running anything; - = standard input", {
    completes: "file",
  }),
  "exit-code": integer("exit code of the recorded run", { default: 0 }),
} as const;

/** The agent CLIs, and whether Forge understands them. */
export const harness: Entry<AnyModule> = {
  kind: "group",
  name: "harness",
  summary: "Show the agent CLIs, and check what they tell",
  commands: [
    command({
      name: "ls",
      summary: "List the agent CLIs with their versions and profiles",
      arity: noArguments,
      flags: {},
      load: async () => ({ run: (await import("../commands/harness.ts")).ls }),
    }),
    command({
      name: "check",
      summary: "Check what an agent CLI tells about a run",
      description:
        "Runs the command of a profile once with a tiny prompt in an empty repository, and shows what its output tells.\nThis may cost money. With --replay a recorded stream is read instead and nothing is run.",
      arity: exactly(1, "<profile|harness>", "profile"),
      flags: harnessCheckFlags,
      load: () => import("../commands/harness-check.ts"),
    }),
  ],
};
