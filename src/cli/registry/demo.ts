import { type Entry, noArguments } from "../../console/command.ts";
import { bool, integer } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

export const demoFlags = {
  keep: bool("keep the folder of the demo and print its path"),
  speed: integer("how many times faster", { default: 1 }),
} as const;

/** A first look, and the agent that it runs. */
export const demo: readonly Entry<AnyModule>[] = [
  command({
    name: "demo",
    summary: "Watch a scripted agent work on a throw-away repository",
    description:
      "Runs a scripted agent four times on a throw-away repository, steers it with a message, and shows what Forge\nkeeps of it. Nothing of yours is read or touched, nothing is left behind.",
    arity: noArguments,
    flags: demoFlags,
    withoutConfig: true,
    load: () => import("../commands/demo.ts"),
  }),
  command({
    name: "__demo-agent",
    summary: "The scripted agent of the demo",
    hidden: true,
    arity: noArguments,
    flags: {},
    withoutConfig: true,
    load: () => import("../commands/demo-agent.ts"),
  }),
];
