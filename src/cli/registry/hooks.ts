import { atMost, type Entry, exactly, type Group, noArguments } from "../../console/command.ts";
import { bool, list, text, values } from "../../console/flags.ts";
import { FILTERED_ENTITY_TYPES, STORED_EVENT_TYPES } from "../../core/event-types.ts";
import { type AnyModule, command } from "../invocation.ts";

export const onEventFlags = {
  cmd: text(
    "run this command (sh -c); it gets the event as JSON on standard input, and in FORGE_EVENT_* variables",
  ),
  url: text("post the event as JSON to this address"),
  header: values("header of a webhook, name=value; repeatable"),
  secret: text("sign webhooks with this key, whsec_<base64> (Standard Webhooks)"),
  "secret-env": text("the same, the key being in this variable"),
  type: list("only events of these types; repeatable", { completes: STORED_EVENT_TYPES }),
  "entity-type": list("only events of this kind of thing: loop, run, agent, ...", {
    completes: FILTERED_ENTITY_TYPES,
  }),
  "entity-id": text("only events of the thing with this id"),
  timeout: text("how long it may take; 0: any time", { default: "30s" }),
  disabled: bool("store it without running it"),
} as const;

export const deliveriesFlags = { dead: bool("only those that were given up") } as const;

const oneHook = exactly(1, "<hook>", "hook");

const hookCommand = (name: "rm" | "enable" | "disable" | "test", summary: string): Entry<AnyModule> =>
  command({
    name,
    ...(name === "rm" && { aliases: ["remove"] }),
    summary,
    arity: oneHook,
    flags: {},
    load: async () => ({ run: (await import("../commands/hook.ts"))[name] }),
  });

/** Commands and webhooks that are called when something happens. */
export const hooks: Group<AnyModule> = {
  kind: "group",
  name: "hook",
  summary: "Call a command or an address when something happens",
  commands: [
    command({
      name: "on-event",
      aliases: ["add", "register"],
      summary: "Register a hook",
      description:
        "Registers a command or a webhook that is called for every event that its filters take (forge audit lists events).\nExample: forge hook on-event --type run.failed,loop.failed --cmd 'notify-send forge \"$FORGE_EVENT_TYPE\"'",
      arity: noArguments,
      flags: onEventFlags,
      load: () => import("../commands/hook-on-event.ts"),
    }),
    command({
      name: "ls",
      aliases: ["list"],
      summary: "List hooks",
      arity: noArguments,
      flags: {},
      load: async () => ({ run: (await import("../commands/hook.ts")).list }),
    }),
    hookCommand("rm", "Remove a hook"),
    hookCommand("enable", "Have a hook called again"),
    hookCommand("disable", "Keep a hook without calling it"),
    hookCommand("test", "Call a hook with a made-up event"),
    command({
      name: "deliveries",
      summary: "List which hook was told of which event, and what came of it",
      arity: atMost(1, "[hook]", "hook"),
      flags: deliveriesFlags,
      load: async () => ({ run: (await import("../commands/hook-deliveries.ts")).list }),
    }),
    command({
      name: "redeliver",
      summary: "Tell hooks of an event again",
      arity: exactly(1, "<event>"),
      flags: {},
      load: async () => ({ run: (await import("../commands/hook-deliveries.ts")).redeliverEvent }),
    }),
  ],
};
