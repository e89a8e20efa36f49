import { enumParser } from "./enum.ts";
import type { AgentId, ApprovalId } from "./ids.ts";
import { jsonOrText, omitEmpty, optionalTime } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

export const APPROVAL_STATUSES = ["pending", "approved", "denied", "expired"] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** Throws `invalid approval status: <text>`. */
export const parseApprovalStatus = enumParser(
  APPROVAL_STATUSES,
  (text) => `invalid approval status: ${text}`,
);

/** What an agent asks a person to allow: a row of `approvals`. */
export interface Approval {
  id: ApprovalId;
  agentId: AgentId;
  requestType: string;
  /** JSON text, as stored. */
  requestDetailsJson: string;
  status: ApprovalStatus;
  createdAt: Instant;
  resolvedAt?: Instant | undefined;
  resolvedBy?: string | undefined;
}

/** An approval as it is printed (spec/40 section 3). */
export const approvalJson = (approval: Approval) => ({
  id: approval.id,
  agent_id: approval.agentId,
  request_type: approval.requestType,
  request_details: jsonOrText(approval.requestDetailsJson),
  status: approval.status,
  created_at: formatTime(approval.createdAt),
  resolved_at: optionalTime(approval.resolvedAt),
  resolved_by: omitEmpty(approval.resolvedBy),
});

type ValidatedApproval = Pick<Approval, "agentId" | "requestType" | "requestDetailsJson" | "status">;

/** Throws `invalid approval: ...` (spec/40 section 5). */
export function validateApproval(approval: ValidatedApproval): void {
  new ValidationErrors()
    .require(approval.agentId, "agent_id", "agent_id is required")
    .require(approval.requestType, "request_type", "request_type is required")
    .require(approval.requestDetailsJson, "request_details", "request_details is required")
    .require(approval.status, "status", "status is required")
    .throwIfAny("approval");
}
