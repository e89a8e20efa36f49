import type { Provider } from "./account.ts";
import type { AccountId, AgentId, UsageRecordId } from "./ids.ts";
import { type JsonObject, omitEmpty, optionalTime } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

interface Tokens {
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
}

const tokensJson = (tokens: Tokens) => ({
  input_tokens: tokens.inputTokens,
  output_tokens: tokens.outputTokens,
  total_tokens: tokens.totalTokens,
});

/** What one use of an account cost: a row of `usage_records`. */
export interface UsageRecord extends Tokens {
  id: UsageRecordId;
  accountId: AccountId;
  agentId?: AgentId | undefined;
  sessionId?: string | undefined;
  provider: Provider;
  model?: string | undefined;
  costCents: number;
  requestCount: number;
  recordedAt: Instant;
  metadata?: JsonObject | undefined;
}

/** A usage record as it is printed (spec/40 section 3). */
export const usageRecordJson = (record: UsageRecord) => ({
  id: record.id,
  account_id: record.accountId,
  agent_id: omitEmpty(record.agentId),
  session_id: omitEmpty(record.sessionId),
  provider: record.provider,
  model: omitEmpty(record.model),
  ...tokensJson(record),
  cost_cents: record.costCents,
  request_count: record.requestCount,
  recorded_at: formatTime(record.recordedAt),
  metadata: omitEmpty(record.metadata),
});

type ValidatedUsage = Pick<UsageRecord, "accountId" | "provider" | "totalTokens" | "costCents">;

/** Throws `invalid usage record: ...` (spec/40 section 5). */
export function validateUsageRecord(record: ValidatedUsage): void {
  new ValidationErrors()
    .require(record.accountId, "account_id", "account_id is required")
    .require(record.provider, "provider", "provider is required")
    .check(record.totalTokens >= 0, "total_tokens", "total_tokens must be non-negative")
    .check(record.costCents >= 0, "cost_cents", "cost_cents must be non-negative")
    .throwIfAny("usage record");
}

/** Usage records added up, of one account, one provider or all. */
export interface UsageSummary extends Tokens {
  accountId?: AccountId | undefined;
  provider?: Provider | undefined;
  /** `custom` or `all`. */
  period: string;
  periodStart?: Instant | undefined;
  periodEnd?: Instant | undefined;
  totalCostCents: number;
  requestCount: number;
  recordCount: number;
}

export const usageSummaryJson = (summary: UsageSummary) => ({
  account_id: omitEmpty(summary.accountId),
  provider: omitEmpty(summary.provider),
  period: summary.period,
  period_start: optionalTime(summary.periodStart),
  period_end: optionalTime(summary.periodEnd),
  ...tokensJson(summary),
  total_cost_cents: summary.totalCostCents,
  request_count: summary.requestCount,
  record_count: summary.recordCount,
});

/** The usage of an account on one day. */
export interface DailyUsage extends Tokens {
  /** `2026-01-02`, UTC. */
  date: string;
  accountId: AccountId;
  provider: Provider;
  costCents: number;
  requestCount: number;
}

export const dailyUsageJson = (usage: DailyUsage) => ({
  date: usage.date,
  account_id: usage.accountId,
  provider: usage.provider,
  ...tokensJson(usage),
  cost_cents: usage.costCents,
  request_count: usage.requestCount,
});
