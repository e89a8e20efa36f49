import { printable } from "../../console/printable.ts";
import { fields } from "../../console/table.ts";
import { ForgeError } from "../../core/errors.ts";
import { type FleetStatus, fleetStatus, fleetStatusJson, topAlerts } from "../../core/fleet-status.ts";
import { formatTime } from "../../core/time.ts";
import { closeDatabase, type Db, isInMemory } from "../../store/database.ts";
import { budgetAlerts } from "../budget-alerts.ts";
import { recoverFromCrash } from "../crash-recovery.ts";
import { interruptibleSleep } from "../interruptible-sleep.ts";
import type { Invocation, Run } from "../invocation.ts";
import { Interruption } from "../log-view/interruption.ts";
import { readFleet } from "../read-fleet.ts";
import { openStore } from "../store-access.ts";

const WATCH_EVERY_MS = 1000;

export const run: Run<Record<never, never>> = async (invocation) => {
  const { global, out } = invocation;
  if (global.watch && out.format !== "jsonl")
    throw new ForgeError("unknown", "--watch requires --jsonl output format");
  if (global.watch) return watch(invocation);
  const status = await readStatus(invocation, openStore(invocation, "read"));
  if (out.isJson) out.json(fleetStatusJson(status));
  else if (!out.quiet) out.write(statusText(status));
};

async function readStatus(invocation: Invocation, db: Db): Promise<FleetStatus> {
  const recovered = await recoverFromCrash(invocation, db);
  const now = invocation.world.now();
  const budgets = budgetAlerts(db, now, invocation.config.budget.timezone);
  return fleetStatus(readFleet(invocation, db, recovered), now, budgets);
}

/** One line a second until somebody ends it. */
async function watch(invocation: Invocation): Promise<void> {
  using interruption = new Interruption();
  const { signal } = interruption;
  let db = openStore(invocation, "read");
  while (!signal.aborted) {
    invocation.out.json(fleetStatusJson(await readStatus(invocation, db)));
    await interruptibleSleep(WATCH_EVERY_MS, signal);
    // There may be a file by now.
    if (isInMemory(db)) {
      closeDatabase(db);
      db = openStore(invocation, "read");
    }
  }
}

function statusText(status: FleetStatus): string {
  const { online, offline, unknown } = status.nodes;
  const states = Object.entries(status.states).map(([state, count]) => `${state}=${count}`);
  const summary = fields([
    ["Timestamp:", formatTime(status.at)],
    ["Nodes:", `${status.agents} (online ${online}, offline ${offline}, unknown ${unknown})`],
    ["Workspaces:", String(status.workspaces)],
    ["Agents:", String(status.agents)],
    ["Agent states:", states.join(" ")],
    ["Alerts:", String(status.alerts.length)],
  ]);
  const alerts = topAlerts(status).map(
    ({ severity, message, agentId }) =>
      `- [${severity}] ${printable(message)}${agentId === "" ? "" : ` (agent ${printable(agentId)})`}\n`,
  );
  return alerts.length === 0 ? summary : `${summary}Top alerts:\n${alerts.join("")}`;
}
