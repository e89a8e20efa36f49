import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { type Instant, parseTime } from "../../core/time.ts";
import { type AgentRecord, agentFields } from "../../mail/rules/agent-record.ts";
import { relativeTime } from "../../mail/rules/relative-time.ts";
import { listAgents } from "../../mail/store/agents.ts";
import { shownJson } from "../display.ts";
import type { Run } from "../invocation.ts";
import { openOwnMailbox } from "../mailbox.ts";
import type { whoFlags } from "../registry/flags.ts";

/** An agent that was seen this recently counts as active (spec/50 section 7.4). */
const ACTIVE_MS = 60_000;

export const run: Run<typeof whoFlags> = async (invocation) => {
  const { flags, world, out } = invocation;
  const agents = await listAgents(openOwnMailbox(invocation).store);
  if (flags.json) return out.line(shownJson(agents.map(agentFields), 2));
  out.write(
    table(
      ["NAME", "LAST SEEN", "STATUS"],
      agents.map((record) => row(record, world.now()).map(printable)),
    ),
  );
};

function row({ name, status, lastSeen }: AgentRecord, now: Instant): string[] {
  const seenAt = parseTime(lastSeen);
  const isActive = seenAt !== undefined && now - seenAt <= ACTIVE_MS;
  return [name, isActive ? "active" : relativeTime(seenAt, now), status || (isActive ? "-" : "offline")];
}
