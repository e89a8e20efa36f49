import { exactly, type Group, noArguments } from "../../console/command.ts";
import { bool, duration, integer, list, text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

/** Accepted before or after the subcommand. */
export const mailFlags = {
  url: text("mail server (default: FORGE_AGENT_MAIL_URL, else an MCP file of the repository that names one)"),
  project: text("project of the mailboxes (default: FORGE_AGENT_MAIL_PROJECT, FORGE_PROJECT, else default)"),
  agent: text("whose mailbox (default: FORGE_AGENT_MAIL_AGENT, then FMAIL_AGENT)"),
  limit: integer("how many messages at most; 0: all (default 50)"),
  timeout: duration("time limit of a mail server (default 5s)"),
} as const;

export const mailSendFlags = {
  ...mailFlags,
  to: list("recipient; repeatable"),
  subject: text("subject", { short: "s" }),
  body: text("the message", { short: "b" }),
  file: text("read the message from a file", { short: "f", completes: "file" }),
  stdin: bool("read the message from standard input"),
  priority: text("low, normal, high or urgent", {
    default: "normal",
    completes: ["low", "normal", "high", "urgent"],
  }),
  "ack-required": bool("ask the recipient to acknowledge it"),
  from: text("the sender (default: as --agent)"),
} as const;

export const mailInboxFlags = { ...mailFlags, unread: bool("only what was not read") } as const;

/** Mailboxes with subjects, read marks and acknowledgements. */
export const mail: Group<AnyModule> = {
  kind: "group",
  name: "mail",
  summary: "Mailboxes of agents, with subjects and acknowledgements",
  description:
    "Mailboxes of agents in Forge's database, or on a mail server that is named. It is not fmail, which works through files\nof the repository and whose messages come into the prompts of loops: see forge fmail.",
  flags: mailFlags,
  commands: [
    command({
      name: "send",
      summary: "Send a message to one or more agents",
      arity: noArguments,
      flags: mailSendFlags,
      load: async () => ({ run: (await import("../commands/mail-send.ts")).run }),
    }),
    command({
      name: "inbox",
      summary: "List the messages of a mailbox, the oldest first",
      arity: noArguments,
      flags: mailInboxFlags,
      load: async () => ({ run: (await import("../commands/mail.ts")).inbox }),
    }),
    command({
      name: "read",
      summary: "Show a message, and mark it as read",
      arity: exactly(1, "<message-id>"),
      flags: mailFlags,
      load: async () => ({ run: (await import("../commands/mail.ts")).read }),
    }),
    command({
      name: "ack",
      summary: "Acknowledge a message",
      arity: exactly(1, "<message-id>"),
      flags: mailFlags,
      load: async () => ({ run: (await import("../commands/mail.ts")).ack }),
    }),
  ],
};
