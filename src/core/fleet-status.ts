import { AGENT_STATES, type AgentState } from "./agent.ts";
import { ALERT_SEVERITIES, type AlertSeverity, type AlertType } from "./alert.ts";
import { shownShortId } from "./ids.ts";
import { omitEmpty } from "./json.ts";
import type { Loop } from "./loop.ts";
import { formatTime, type Instant } from "./time.ts";
import { type WaitReason, waitReasonText, waitsForSomebody } from "./wait-kind.ts";

/** Whether a loop's runner answers, as far as it is known. */
export type NodeHealth = "online" | "offline" | "unknown";

/** What the summary needs to know of a loop. */
export interface FleetLoop {
  readonly loop: Pick<Loop, "id" | "shortId" | "name" | "repoPath" | "state" | "lastError" | "updatedAt">;
  /** Queue items that wait. */
  readonly pending: number;
  readonly health: NodeHealth;
  /** Whether the supervisor that should run it is known not to. */
  readonly hasLostSupervisor: boolean;
  /** Whether its profile is in cooldown. */
  readonly isCooling: boolean;
  /** Why it waits, where that is known (spec/15 section 4.1). */
  readonly wait?: WaitReason | undefined;
}

export interface FleetAlert {
  readonly comesFirst: boolean;
  readonly severity: AlertSeverity;
  readonly type: AlertType;
  readonly message: string;
  /** Short id of the loop; empty where it is about none. */
  readonly agentId: string;
  readonly createdAt: Instant;
}

/** All loops in a few numbers; loops stand for agents and for the nodes that they run on (spec/20 section 18). */
export interface FleetStatus {
  readonly at: Instant;
  readonly nodes: Readonly<Record<NodeHealth, number>>;
  /** Repositories. */
  readonly workspaces: number;
  readonly agents: number;
  readonly states: Readonly<Record<AgentState, number>>;
  /** All of them, the most urgent first. */
  readonly alerts: readonly FleetAlert[];
}

const MOST_SHOWN_ALERTS = 5;

/** `others` are alerts that no loop makes. */
export function fleetStatus(
  fleet: readonly FleetLoop[],
  at: Instant,
  others: readonly FleetAlert[] = [],
): FleetStatus {
  const count = (holds: (entry: FleetLoop) => boolean) => fleet.filter(holds).length;
  const healthy = (health: NodeHealth) => count((entry) => entry.health === health);
  const states = AGENT_STATES.map((state) => [state, count((entry) => agentState(entry) === state)]);
  return {
    at,
    nodes: { online: healthy("online"), offline: healthy("offline"), unknown: healthy("unknown") },
    workspaces: new Set(fleet.map(({ loop }) => loop.repoPath).filter((path) => path !== "")).size,
    agents: fleet.length,
    // Every state is among them.
    states: Object.fromEntries(states) as Record<AgentState, number>,
    alerts: [...fleet.flatMap(alertsOf), ...others].toSorted(byUrgency),
  };
}

/** The alerts that are told one by one. */
export const topAlerts = ({ alerts }: FleetStatus): readonly FleetAlert[] =>
  alerts.slice(0, MOST_SHOWN_ALERTS);

/** A loop seen as an agent. */
function agentState({ loop, pending, hasLostSupervisor, isCooling, wait }: FleetLoop): AgentState {
  if (loop.state === "error") return "error";
  if (loop.state === "stopped" || hasLostSupervisor) return "stopped";
  if (isCooling) return "rate_limited";
  if (loop.state === "sleeping") return "paused";
  if (loop.state === "waiting") return isHeldBack(wait?.kind) ? "paused" : "awaiting_approval";
  return pending > 0 ? "working" : "idle";
}

/** Waits that no person has to approve, and that no slot ends. */
const isHeldBack = (kind: string | undefined): boolean => kind === "parked" || kind === "budget";

function alertsOf({ loop, pending, health, isCooling, wait }: FleetLoop): FleetAlert[] {
  const alerts: FleetAlert[] = [];
  const tell = (severity: AlertSeverity, type: AlertType, message: string, comesFirst = false) =>
    alerts.push({
      comesFirst,
      severity,
      type,
      message: `Loop '${loop.name}' ${message}`,
      agentId: shownShortId(loop.shortId, loop.id),
      createdAt: loop.updatedAt,
    });
  if (loop.state === "error") tell("error", "error", loop.lastError ? `error: ${loop.lastError}` : "error");
  if (isCooling) tell("info", "cooldown", "profile cooldown active");
  const reason = loop.state === "waiting" && wait && waitsForSomebody(wait.kind) && waitReasonText(wait);
  if (reason)
    tell("warning", "approval_needed", isBlocked(wait) ? reason : `waiting: ${reason}`, isBlocked(wait));
  if (loop.state === "waiting" && pending > 0)
    tell("warning", "approval_needed", `waiting with ${pending} pending queue item(s)`);
  if (health === "offline" && loop.state !== "stopped") tell("error", "error", "runner health check failed");
  return alerts;
}

/** Its agent has asked for a person: no other alert is meant for one so much. */
const isBlocked = ({ kind }: WaitReason): boolean => kind === "blocked";

const byUrgency = (one: FleetAlert, other: FleetAlert): number =>
  Number(other.comesFirst) - Number(one.comesFirst) ||
  urgency(other) - urgency(one) ||
  other.createdAt - one.createdAt;

const urgency = ({ severity }: FleetAlert): number => ALERT_SEVERITIES.indexOf(severity);

/** The summary as it is printed. */
export const fleetStatusJson = (status: FleetStatus) => ({
  timestamp: formatTime(status.at),
  nodes: { total: status.agents, ...status.nodes },
  workspaces: status.workspaces,
  agents: { total: status.agents, by_state: status.states },
  alerts: {
    total: status.alerts.length,
    items: omitEmpty(
      topAlerts(status).map(({ type, severity, message, agentId, createdAt }) => ({
        type,
        severity,
        message,
        agent_id: omitEmpty(agentId),
        created_at: formatTime(createdAt),
      })),
    ),
  },
});
