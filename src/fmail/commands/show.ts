import { printable } from "../../console/printable.ts";
import { fields } from "../../console/table.ts";
import { bodyText, type Message } from "../../mail/rules/message.ts";
import { findMessage } from "../../mail/store/find-message.ts";
import { messageJson, screenOf, shownJson, shownText } from "../display.ts";
import type { Run } from "../invocation.ts";
import { openOwnMailbox } from "../mailbox.ts";
import type { showFlags } from "../registry/flags.ts";

export const run: Run<typeof showFlags> = async (invocation) => {
  const { flags, args, world, out } = invocation;
  const { store, self } = openOwnMailbox(invocation);
  const { message, path } = await findMessage(store, (args[0] ?? "").trim(), self);
  if (flags.json) return out.line(messageJson(message, 2));
  out.write(`${fields(rowsOf(message, path))}\n${shownText(bodyText(message.body), screenOf(world))}\n`);
};

function rowsOf(message: Message, path: string): [string, string][] {
  const rows: [string, string | undefined][] = [
    ["ID:", message.id],
    ["From:", message.from],
    ["To:", message.to],
    ["Time:", message.time],
    ["Reply to:", message.replyTo],
    ["Priority:", message.priority ?? "normal"],
    ["Host:", message.host],
    ["Tags:", message.tags?.join(", ")],
    ...Object.entries(message.unknown ?? {}).map(([key, value]): [string, string] => [
      `${key}:`,
      shownJson(value, 0),
    ]),
    ["File:", path],
  ];
  return rows.flatMap(([label, value]) => (value ? [[printable(label), printable(value)]] : []));
}
