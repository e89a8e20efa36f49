import { enumParser } from "./enum.ts";

export const TEAM_ROLES = ["leader", "member"] as const;

/** Throws `invalid team role: <text>`. */
export const parseTeamRole = enumParser(TEAM_ROLES, (text) => `invalid team role: ${text}`);

export const TEAM_TASK_STATUSES = [
  "queued",
  "assigned",
  "running",
  "blocked",
  "done",
  "failed",
  "canceled",
] as const;
export type TeamTaskStatus = (typeof TEAM_TASK_STATUSES)[number];

/** Throws `invalid team task status: <text>`. */
export const parseTeamTaskStatus = enumParser(
  TEAM_TASK_STATUSES,
  (text) => `invalid team task status: ${text}`,
);

const TERMINAL: ReadonlySet<TeamTaskStatus> = new Set(["done", "failed", "canceled"]);

/** Whether a task in this status never changes again. */
export const isTerminalTaskStatus = (status: TeamTaskStatus): boolean => TERMINAL.has(status);

export const TEAM_TASK_EVENT_TYPES = [
  "submitted",
  "assigned",
  "reassigned",
  "started",
  "blocked",
  "completed",
  "failed",
  "canceled",
] as const;
