import { bool, duration, integer, list, text } from "../../console/flags.ts";
import { PRIORITIES } from "../../mail/rules/labels.ts";

const json = (help: string) => bool(help);
/** Scripts of older versions still pass it; every agent may read every box. */
const allowOtherDm = bool("accepted for older scripts", { hidden: true });

const bodyFlags = {
  file: text("read the message body from a file", { short: "f", completes: "file" }),
  priority: text("low, normal or high", { short: "p", default: "normal", completes: PRIORITIES }),
  tag: list("tag, repeatable or separated by commas", { short: "t" }),
  wait: duration("wait for the first answer and print it", { bareValue: "5m", needsUnit: true }),
  json: json("print the stored message as JSON"),
} as const;

export const sendFlags = {
  ...bodyFlags,
  "reply-to": text("id of the message answered, or the end of it", { short: "r" }),
} as const;

export const replyFlags = bodyFlags;

const filterFlags = {
  since: text("only messages since: now, 1h, 2d, 2026-01-10, 2026-01-10T15:30:00Z"),
  until: text("only messages before, in the same forms"),
  from: text("only messages of this sender"),
  tag: text("only messages with this tag"),
  priority: text("only messages of this priority", { completes: PRIORITIES }),
} as const;

export const logFlags = {
  ...filterFlags,
  limit: integer("number of messages, the newest; 0 for all", { short: "n", default: 20 }),
  follow: bool("go on with new messages as they arrive", { short: "f" }),
  json: json("print one JSON object per line"),
  "allow-other-dm": allowOtherDm,
} as const;

export const watchFlags = {
  count: integer("exit after this many messages; 0 for no limit", { short: "c", default: 0 }),
  timeout: duration("exit after this time, e.g. 2m; 0 for never", { default: 0, needsUnit: true }),
  since: text("first the messages after this id, or since this time"),
  dms: bool("direct messages to me as well"),
  "fail-on-timeout": bool("exit 3 when the time is over before the count is reached"),
  json: json("print one JSON object per line"),
  "allow-other-dm": allowOtherDm,
} as const;

export const inboxFlags = {
  limit: integer("number of messages", { short: "n", default: 20 }),
  peek: bool("leave them unread"),
  all: bool("read messages as well: the newest"),
  topics: list("messages of these topics as well, separated by commas"),
  json: json("print one JSON object per line"),
} as const;

export const searchFlags = {
  limit: integer("number of messages, the newest; 0 for all", { short: "n", default: 20 }),
  json: json("print one JSON object per line"),
} as const;

export const threadFlags = { json: json("print one JSON object per line, with its depth") } as const;
export const showFlags = { json: json("print the message as JSON") } as const;
export const whoFlags = { json: json("print the records as JSON") } as const;
export const topicsFlags = { json: json("print the list as JSON") } as const;
export const registerFlags = { json: json("print the record as JSON") } as const;
export const statusFlags = { clear: bool("remove the status") } as const;
export const initFlags = { project: text("give the project this id") } as const;

export const gcFlags = {
  days: integer("remove messages older than this many days; 0 for all", { default: 7 }),
  "dry-run": bool("print what would be removed"),
} as const;
