import { atMost, type Entry } from "../../console/command.ts";
import { bool, integer, text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";
import { LAYERS } from "../log-view/layers.ts";

export const logsFlags = {
  follow: bool("keep printing new lines", { short: "f" }),
  lines: integer("number of lines from the end", { short: "n", default: 50 }),
  since: text("only lines since a duration or time, e.g. 1h"),
  all: bool("all loops of this repository"),
  compact: bool("show only the first line of thinking blocks and code fences"),
  layer: text("only some of the lines: raw (all), events, errors, tools, diff", {
    default: "raw",
    completes: LAYERS,
  }),
  raw: bool("print the lines untouched"),
} as const;

export const logs: Entry<AnyModule> = command({
  name: "logs",
  aliases: ["log"],
  summary: "Show the log of a loop",
  description:
    "Shows the last lines of a loop's log in readable form.\nWith --follow the log is followed by its name, also when it is rotated.",
  arity: atMost(1, "[loop]", "loop"),
  flags: logsFlags,
  load: () => import("../commands/logs.ts"),
});
