import type { AgentState } from "../core/agent.ts";
import type { PERSISTENT_AGENT_STATES } from "../core/persistent-agent.ts";
import { formatTime, type Instant } from "../core/time.ts";
import { readNumberColumn, readObjectColumn, readRequiredTime } from "./columns.ts";
import type { Db } from "./database.ts";

type PersistentState = (typeof PERSISTENT_AGENT_STATES)[number];

/** An agent that outlives its tasks: a row of `persistent_agents`. */
export interface PersistentAgent {
  readonly id: string;
  readonly harness: string;
  readonly state: PersistentState;
  readonly ttlSeconds: number | undefined;
  readonly createdAt: Instant;
  readonly lastActivity: Instant;
}

interface PersistentAgentRow {
  id: string;
  harness: string;
  state: PersistentState;
  ttl_seconds: number | null;
  created_at: string;
  last_activity_at: string;
}

/** The oldest first. */
export const listPersistentAgents = (db: Db): PersistentAgent[] =>
  db
    .query<PersistentAgentRow, []>("SELECT * FROM persistent_agents ORDER BY created_at, rowid")
    .all()
    .map((row) => ({
      id: row.id,
      harness: row.harness,
      state: row.state,
      ttlSeconds: readNumberColumn(row.ttl_seconds),
      createdAt: readRequiredTime(row.created_at),
      lastActivity: readRequiredTime(row.last_activity_at),
    }));

/** The states of both kinds of agents in the words of those in panes. */
export const AS_PANE_STATE: Readonly<Record<PersistentState, AgentState>> = {
  unspecified: "starting",
  starting: "starting",
  running: "working",
  idle: "idle",
  waiting_approval: "awaiting_approval",
  paused: "paused",
  stopping: "working",
  stopped: "stopped",
  failed: "error",
};

/** Events of an agent that tell of a failure since a moment, and what the newest of them says. */
export function recentFailures(
  db: Db,
  agentId: string,
  since: Instant,
): { count: number; last: string | undefined } {
  const rows = db
    .query<{ outcome: string; detail: string | null }, [string, string]>(
      `SELECT outcome, detail FROM persistent_agent_events
       WHERE agent_id = ? AND timestamp >= ? AND (outcome LIKE 'error%' OR outcome LIKE 'fail%')
       ORDER BY timestamp DESC, id DESC`,
    )
    .all(agentId, formatTime(since));
  const [newest] = rows;
  const told = newest && (newest.outcome.includes(":") ? newest.outcome : (newest.detail ?? newest.outcome));
  return { count: rows.length, last: told };
}

/** How long the agent worked on what it was sent last. */
export function lastSendToIdle(db: Db, agentId: string): number | undefined {
  const row = db
    .query<{ detail: string | null }, [string]>(
      `SELECT detail FROM persistent_agent_events
       WHERE agent_id = ? AND kind = 'metric_send_to_idle_duration' ORDER BY timestamp DESC, id DESC LIMIT 1`,
    )
    .get(agentId);
  const value = readObjectColumn(row?.detail ?? null)?.value_ms;
  return typeof value === "number" ? value : undefined;
}
