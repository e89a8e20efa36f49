import type { AccountId } from "./ids.ts";
import { omitEmpty, optionalTime } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

export const PROVIDERS = ["anthropic", "openai", "google", "custom"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** The content of `usage_stats_json`, in its stored form. */
export interface UsageStats {
  total_tokens: number;
  total_cost_cents: number;
  last_used?: string | undefined;
  request_count: number;
  rate_limit_count: number;
}

/** A login with a provider: a row of `accounts`. */
export interface Account {
  id: AccountId;
  provider: Provider;
  profileName: string;
  /** Where the credential is found, never the credential. */
  credentialRef: string;
  isActive: boolean;
  cooldownUntil?: Instant | undefined;
  usageStats?: UsageStats | undefined;
  createdAt: Instant;
  updatedAt: Instant;
}

/** Whether the account may be used now: active and not cooling down. */
export const isAccountAvailable = (
  account: Pick<Account, "isActive" | "cooldownUntil">,
  now: Instant,
): boolean => account.isActive && (account.cooldownUntil ?? now) <= now;

/** An account as it is printed (spec/40 section 3). */
export const accountJson = (account: Account) => ({
  id: account.id,
  provider: account.provider,
  profile_name: account.profileName,
  credential_ref: account.credentialRef,
  is_active: account.isActive,
  cooldown_until: optionalTime(account.cooldownUntil),
  usage_stats: omitEmpty(account.usageStats),
  created_at: formatTime(account.createdAt),
  updated_at: formatTime(account.updatedAt),
});

/** Throws `invalid account: ...` (spec/40 section 5). */
export function validateAccount(account: Pick<Account, "provider" | "profileName">): void {
  new ValidationErrors()
    .require(account.provider, "provider", "provider is required")
    .require(account.profileName, "profile_name", "profile name is required")
    .throwIfAny("account");
}
