import { table } from "../../console/table.ts";
import { formatTime } from "../../core/time.ts";
import type { Fields } from "../../mail/rules/json-text.ts";
import { relativeTime } from "../../mail/rules/relative-time.ts";
import { type BoxActivity, listActivity } from "../../mail/store/activity.ts";
import { shownJson } from "../display.ts";
import type { Run } from "../invocation.ts";
import { openOwnMailbox } from "../mailbox.ts";
import type { topicsFlags } from "../registry/flags.ts";

export const run: Run<typeof topicsFlags> = (invocation) => {
  const { flags, world, out } = invocation;
  const topics = listActivity(openOwnMailbox(invocation).store, "topic");
  if (flags.json) return out.line(shownJson(topics.map(topicFields), 2));
  const rows = topics.map(({ target, messages, lastActivity }) => [
    target.name,
    `${messages}`,
    relativeTime(lastActivity, world.now()),
  ]);
  out.write(table(["TOPIC", "MESSAGES", "LAST ACTIVITY"], rows));
};

const topicFields = ({ target, messages, lastActivity }: BoxActivity): Fields =>
  new Map<string, string | number>([
    ["name", target.name],
    ["messages", messages],
    ["last_activity", formatTime(lastActivity)],
  ]);
