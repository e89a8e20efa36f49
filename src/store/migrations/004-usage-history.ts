import { dropTables, type Migration, NOW_SPACE } from "./migration.ts";

const TABLES_CHILDREN_FIRST = ["daily_usage_cache", "usage_records"];

export const usageHistory: Migration = {
  version: 4,
  description: "usage history",
  up: () => `
CREATE TABLE IF NOT EXISTS usage_records (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  agent_id TEXT REFERENCES agents(id) ON DELETE SET NULL,
  session_id TEXT,
  provider TEXT NOT NULL CHECK (provider IN ('anthropic', 'openai', 'google', 'custom')),
  model TEXT,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  total_tokens INTEGER NOT NULL DEFAULT 0,
  cost_cents INTEGER NOT NULL DEFAULT 0,
  request_count INTEGER NOT NULL DEFAULT 1,
  recorded_at TEXT NOT NULL DEFAULT (${NOW_SPACE}),
  metadata_json TEXT
);
CREATE INDEX IF NOT EXISTS idx_usage_records_account_id ON usage_records(account_id);
CREATE INDEX IF NOT EXISTS idx_usage_records_agent_id ON usage_records(agent_id);
CREATE INDEX IF NOT EXISTS idx_usage_records_session_id ON usage_records(session_id);
CREATE INDEX IF NOT EXISTS idx_usage_records_provider ON usage_records(provider);
CREATE INDEX IF NOT EXISTS idx_usage_records_recorded_at ON usage_records(recorded_at);
CREATE INDEX IF NOT EXISTS idx_usage_records_account_day ON usage_records(account_id, date(recorded_at));
CREATE INDEX IF NOT EXISTS idx_usage_records_provider_time ON usage_records(provider, recorded_at);

CREATE TABLE IF NOT EXISTS daily_usage_cache (
  account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  date TEXT NOT NULL,
  provider TEXT NOT NULL CHECK (provider IN ('anthropic', 'openai', 'google', 'custom')),
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  total_tokens INTEGER NOT NULL DEFAULT 0,
  cost_cents INTEGER NOT NULL DEFAULT 0,
  request_count INTEGER NOT NULL DEFAULT 0,
  record_count INTEGER NOT NULL DEFAULT 0,
  updated_at TEXT NOT NULL DEFAULT (${NOW_SPACE}),
  PRIMARY KEY (account_id, date, provider)
);
CREATE INDEX IF NOT EXISTS idx_daily_usage_cache_date ON daily_usage_cache(date);
CREATE INDEX IF NOT EXISTS idx_daily_usage_cache_provider ON daily_usage_cache(provider);`,
  down: () => dropTables(TABLES_CHILDREN_FIRST),
  drops: TABLES_CHILDREN_FIRST,
};
