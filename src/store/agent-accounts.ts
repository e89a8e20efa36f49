import type { AccountId } from "../core/ids.ts";
import { type Instant, parseTime } from "../core/time.ts";
import type { Db } from "./database.ts";

/** What is told of the account that an agent works with. */
export interface AgentAccount {
  readonly profileName: string;
  readonly cooldownUntil: Instant | undefined;
}

export function findAgentAccount(db: Db, id: AccountId | undefined): AgentAccount | undefined {
  const row = db
    .query<{ profile_name: string; cooldown_until: string | null }, [string | null]>(
      "SELECT profile_name, cooldown_until FROM accounts WHERE id = ?",
    )
    .get(id ?? null);
  return row ? { profileName: row.profile_name, cooldownUntil: parseTime(row.cooldown_until) } : undefined;
}
