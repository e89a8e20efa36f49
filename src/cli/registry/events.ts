import { type Entry, noArguments } from "../../console/command.ts";
import { integer, list, text } from "../../console/flags.ts";
import { STORED_EVENT_TYPES } from "../../core/event-types.ts";
import { type AnyModule, command } from "../invocation.ts";

const untilFlag = { until: text("only before a time, or a duration back from now") } as const;

export const auditFlags = {
  type: list("only events of these types; repeatable", { completes: STORED_EVENT_TYPES }),
  action: list("the same as --type", { completes: STORED_EVENT_TYPES }),
  "entity-type": text("only events of this kind of thing"),
  "entity-id": text("only events of the thing with this id"),
  ...untilFlag,
  cursor: text("go on behind the event with this id"),
  limit: integer("how many events", { short: "n", default: 100 }),
} as const;

export const exportEventsFlags = {
  type: list("only events of these types; repeatable"),
  agent: text("only events of the agent with this id"),
  ...untilFlag,
} as const;

/** What has happened, for people and for other programs. */
export const events: readonly Entry<AnyModule>[] = [
  command({
    name: "audit",
    summary: "List what has happened",
    description: "Lists stored events, the oldest first. --since 1h narrows it to the last hour.",
    arity: noArguments,
    flags: auditFlags,
    load: () => import("../commands/audit.ts"),
  }),
  {
    kind: "group",
    name: "export",
    summary: "Hand data to other programs",
    commands: [
      command({
        name: "status",
        summary: "Everything that Forge knows about nodes, agents and loops",
        arity: noArguments,
        flags: {},
        load: () => import("../commands/export-status.ts"),
      }),
      command({
        name: "events",
        summary: "All stored events; with --watch --jsonl also those that follow",
        arity: noArguments,
        flags: exportEventsFlags,
        load: () => import("../commands/export-events.ts"),
      }),
    ],
  },
];
