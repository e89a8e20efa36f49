import { enumParser } from "./enum.ts";
import type { AgentId } from "./ids.ts";
import { omitEmpty } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

/** `usage_limit` exists in memory only: the table refuses it. */
export const ALERT_TYPES = ["approval_needed", "cooldown", "error", "rate_limit", "usage_limit"] as const;
export type AlertType = (typeof ALERT_TYPES)[number];

/** Throws `invalid alert type: <text>`. */
export const parseAlertType = enumParser(ALERT_TYPES, (text) => `invalid alert type: ${text}`);

export const ALERT_SEVERITIES = ["info", "warning", "error", "critical"] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** Throws `invalid alert severity: <text>`. */
export const parseAlertSeverity = enumParser(ALERT_SEVERITIES, (text) => `invalid alert severity: ${text}`);

/** Something that a person should look at: a row of `alerts`. */
export interface Alert {
  type: AlertType;
  severity: AlertSeverity;
  message: string;
  agentId?: AgentId | undefined;
  createdAt: Instant;
}

/** An alert as it is printed (spec/40 section 3). */
export const alertJson = (alert: Alert) => ({
  type: alert.type,
  severity: alert.severity,
  message: alert.message,
  agent_id: omitEmpty(alert.agentId),
  created_at: formatTime(alert.createdAt),
});

/** Throws `invalid alert: ...` (spec/40 section 5). */
export function validateAlert(alert: Pick<Alert, "type" | "severity" | "message">): void {
  new ValidationErrors()
    .require(alert.type, "type", "alert type is required")
    .require(alert.severity, "severity", "alert severity is required")
    .require(alert.message, "message", "alert message is required")
    .throwIfAny("alert");
}
