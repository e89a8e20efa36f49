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

/** Budgets, and what is set aside for runs that go on, with where their use will be counted (spec/15 section 3). */
export const createBudgetTables = () => `
CREATE TABLE IF NOT EXISTS fx_budgets (
  id TEXT PRIMARY KEY NOT NULL,
  scope TEXT NOT NULL,
  scope_ref TEXT NOT NULL DEFAULT '',
  period TEXT NOT NULL,
  unit TEXT NOT NULL,
  amount INTEGER NOT NULL,
  action TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (scope, scope_ref, period, unit, action)
);
CREATE TABLE IF NOT EXISTS fx_reservations (
  run_id TEXT NOT NULL,
  unit TEXT NOT NULL,
  profile_id TEXT,
  loop_id TEXT,
  amount INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  settled_at TEXT,
  actual INTEGER,
  repo_path TEXT,
  pool_id TEXT,
  PRIMARY KEY (run_id, unit)
);
CREATE INDEX IF NOT EXISTS fx_ix_reservations_open ON fx_reservations(unit) WHERE settled_at IS NULL;
CREATE INDEX IF NOT EXISTS fx_ix_reservations_settled ON fx_reservations(settled_at);
CREATE INDEX IF NOT EXISTS fx_ix_spend_loop ON fx_spend(loop_id, day);
CREATE INDEX IF NOT EXISTS fx_ix_spend_profile ON fx_spend(profile_id, day);`;
