/**
 * What runs have used, summed up by day, loop, profile and model; kept for ever (spec/15 section 3). `assumed_tokens` are
 * those that budgets count for runs which told none. Sessions remember all kinds of tokens, as each has a price of its own.
 */
export const createSpendTable = () => `
CREATE TABLE IF NOT EXISTS fx_spend (
  day TEXT NOT NULL,
  loop_id TEXT NOT NULL,
  profile_id TEXT NOT NULL,
  model TEXT NOT NULL,
  repo_path TEXT,
  pool_id TEXT,
  runs INTEGER NOT NULL DEFAULT 0,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  cache_read_tokens INTEGER NOT NULL DEFAULT 0,
  cache_write_tokens INTEGER NOT NULL DEFAULT 0,
  cost_micros INTEGER NOT NULL DEFAULT 0,
  estimated_micros INTEGER NOT NULL DEFAULT 0,
  wall_ms INTEGER NOT NULL DEFAULT 0,
  assumed_tokens INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (day, loop_id, profile_id, model)
);
ALTER TABLE fx_sessions ADD COLUMN total_cache_read INTEGER;
ALTER TABLE fx_sessions ADD COLUMN total_cache_write INTEGER;`;
