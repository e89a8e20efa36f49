import type { Db } from "./database.ts";
import { applyPending, hasTable, type Series } from "./migration-series.ts";
import { createBudgetTables, createSpendTable } from "./spend-tables.ts";

interface OwnIndex {
  readonly name: string;
  readonly table: string;
  readonly columns: string;
}

/** Indexes that the shared schema lacks on its hot paths (spec/40 Do better 11). */
const OWN_INDEXES: readonly OwnIndex[] = [
  { name: "fx_ix_loop_queue_items_pending", table: "loop_queue_items", columns: "loop_id, status, position" },
  { name: "fx_ix_loop_runs_started", table: "loop_runs", columns: "loop_id, started_at" },
  { name: "fx_ix_loop_runs_profile", table: "loop_runs", columns: "profile_id, status" },
  { name: "fx_ix_loop_runs_profile_started", table: "loop_runs", columns: "profile_id, started_at" },
  { name: "fx_ix_events_order", table: "events", columns: "timestamp, id" },
  {
    name: "fx_ix_persistent_agent_events_kind",
    table: "persistent_agent_events",
    columns: "kind, timestamp",
  },
];

const createIndex = ({ name, table, columns }: OwnIndex): string =>
  `CREATE INDEX IF NOT EXISTS ${name} ON ${table}(${columns});`;

const createIndexes = (): string => OWN_INDEXES.map(createIndex).join("\n");

/** The tables of spec/10 section 14. No foreign keys: the shared tables may be rebuilt or dropped by other programs. */
const createRunnerTables = () => `
CREATE TABLE IF NOT EXISTS fx_loops (
  loop_id TEXT PRIMARY KEY NOT NULL,
  wanted TEXT NOT NULL DEFAULT 'stopped',
  owner TEXT,
  instance_id TEXT,
  epoch INTEGER NOT NULL DEFAULT 0,
  boot_id TEXT,
  wait_kind TEXT,
  wait_reason TEXT,
  wait_since TEXT,
  wait_until TEXT,
  consecutive_failures INTEGER NOT NULL DEFAULT 0,
  no_progress INTEGER NOT NULL DEFAULT 0,
  carry_json TEXT,
  limits_json TEXT,
  retry_json TEXT,
  updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS fx_runs (
  run_id TEXT PRIMARY KEY NOT NULL,
  loop_id TEXT,
  kind TEXT NOT NULL,
  profile_id TEXT,
  profile_name TEXT,
  harness TEXT,
  instance_id TEXT,
  epoch INTEGER NOT NULL DEFAULT 0,
  phase TEXT NOT NULL,
  pid INTEGER,
  pgid INTEGER,
  pid_started TEXT,
  boot_id TEXT,
  dir TEXT,
  log_offset INTEGER,
  output_bytes INTEGER,
  exit_status INTEGER,
  end_reason TEXT,
  item_ids_json TEXT,
  spawned_at TEXT,
  first_output_at TEXT,
  last_sign_at TEXT,
  exited_at TEXT,
  settled_at TEXT
);
CREATE INDEX IF NOT EXISTS fx_ix_runs_loop ON fx_runs(loop_id, phase);`;

/** The tables of spec/15 section 3 that the outcome of a run needs. */
const createOutcomeTables = () => `
CREATE TABLE IF NOT EXISTS fx_outcomes (
  run_id TEXT PRIMARY KEY NOT NULL,
  loop_id TEXT,
  profile_id TEXT,
  outcome TEXT,
  reason TEXT,
  reset_at TEXT,
  session_id TEXT,
  model TEXT,
  cli_version TEXT,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cache_read_tokens INTEGER,
  cache_write_tokens INTEGER,
  reasoning_tokens INTEGER,
  cost_micros INTEGER,
  cost_source TEXT,
  turns INTEGER,
  duration_ms INTEGER,
  first_output_ms INTEGER,
  fingerprint_before TEXT,
  fingerprint_after TEXT,
  verdict TEXT,
  verdict_reason TEXT,
  evidence_json TEXT,
  finished_at TEXT
);
CREATE INDEX IF NOT EXISTS fx_ix_outcomes_loop ON fx_outcomes(loop_id, finished_at);
CREATE INDEX IF NOT EXISTS fx_ix_outcomes_profile ON fx_outcomes(profile_id, finished_at);
CREATE INDEX IF NOT EXISTS fx_ix_outcomes_finished ON fx_outcomes(finished_at);
CREATE INDEX IF NOT EXISTS fx_ix_outcomes_outcome ON fx_outcomes(outcome, finished_at);
CREATE TABLE IF NOT EXISTS fx_sessions (
  harness TEXT NOT NULL,
  session_id TEXT NOT NULL,
  profile_id TEXT,
  loop_id TEXT,
  total_input INTEGER,
  total_output INTEGER,
  total_cost_micros INTEGER,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (harness, session_id)
);`;

/** The table of spec/30 section 11, and up to which event hooks were looked for. */
const createHookTables = () => `
CREATE TABLE IF NOT EXISTS fx_hook_deliveries (
  hook_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'pending',
  next_at TEXT,
  last_error TEXT,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (hook_id, event_id)
);
CREATE INDEX IF NOT EXISTS fx_ix_hook_deliveries_due ON fx_hook_deliveries(state, next_at);
CREATE INDEX IF NOT EXISTS fx_ix_hook_deliveries_event ON fx_hook_deliveries(event_id);
CREATE TABLE IF NOT EXISTS fx_hook_cursor (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  event_id TEXT
);`;

/**
 * The tables of spec/15 section 3 for the limits of profiles, and two columns more: since when and until when a cooldown of
 * ours lasts, which tells it from one that another program has written into the shared row.
 */
const createLimitTables = () => `
CREATE TABLE IF NOT EXISTS fx_profiles (
  profile_id TEXT PRIMARY KEY NOT NULL,
  parked_at TEXT,
  parked_kind TEXT,
  parked_reason TEXT,
  cooldown_source TEXT,
  cooldown_reason TEXT,
  cooldown_since TEXT,
  cooldown_until TEXT,
  limits_in_row INTEGER NOT NULL DEFAULT 0,
  transients_in_row INTEGER NOT NULL DEFAULT 0,
  probe_run_id TEXT,
  last_ok_at TEXT,
  updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS fx_pools (
  pool_id TEXT PRIMARY KEY NOT NULL,
  strategy TEXT NOT NULL,
  state_json TEXT,
  updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS fx_quota (
  profile_id TEXT NOT NULL,
  window TEXT NOT NULL,
  used REAL,
  status TEXT,
  reset_at TEXT,
  source TEXT,
  seen_at TEXT NOT NULL,
  PRIMARY KEY (profile_id, window)
);`;

/** Agent mail in the prompts of runs, until it is marked as read. */
const createRunMailTable = () => `
CREATE TABLE IF NOT EXISTS fx_run_mail (
  run_id TEXT PRIMARY KEY NOT NULL,
  loop_id TEXT,
  folder TEXT NOT NULL,
  agent TEXT NOT NULL,
  readings_json TEXT NOT NULL
);`;

/** What people have been told once. */
const createNoticeTable = () => `
CREATE TABLE IF NOT EXISTS fx_notices (name TEXT PRIMARY KEY NOT NULL, shown_at TEXT NOT NULL);`;

/** Mailboxes of names that the shared tables cannot hold (spec/30 section 20). */
const createMailboxTable = () => `
CREATE TABLE IF NOT EXISTS fx_mail_messages (
  number INTEGER PRIMARY KEY NOT NULL,
  thread_id TEXT NOT NULL,
  project TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  importance TEXT NOT NULL DEFAULT 'normal',
  ack_required INTEGER NOT NULL DEFAULT 0,
  read_at TEXT,
  acked_at TEXT,
  created_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS fx_ix_mail_recipient ON fx_mail_messages(project, recipient COLLATE NOCASE, number);`;

/** The migrations of Forge's own tables, numbered without regard to the shared ones (spec/40 section 8.4). */
export const OWN_SERIES: Series = {
  table: "fx_schema",
  create: `CREATE TABLE IF NOT EXISTS fx_schema (
    version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL, description TEXT
  )`,
  record: `INSERT INTO fx_schema (version, applied_at, description)
    VALUES ($version, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), $description)`,
  steps: [
    { version: 1, description: "runner tables", up: createRunnerTables },
    { version: 2, description: "hot path indexes", up: createIndexes },
    { version: 3, description: "outcomes of runs", up: createOutcomeTables },
    { version: 4, description: "deliveries of hooks", up: createHookTables },
    { version: 5, description: "limits of profiles", up: createLimitTables },
    { version: 6, description: "spend of runs", up: createSpendTable },
    {
      version: 7,
      description: "time of verdicts",
      up: () => "ALTER TABLE fx_outcomes ADD COLUMN verdict_at TEXT;",
    },
    { version: 8, description: "the last starts of profiles", up: createIndexes },
    { version: 9, description: "agent mail of runs", up: createRunMailTable },
    { version: 10, description: "notices", up: createNoticeTable },
    { version: 11, description: "budgets", up: createBudgetTables },
    { version: 12, description: "mailboxes", up: createMailboxTable },
  ],
};

export const applyOwnSchema = (db: Db): number => applyPending(db, OWN_SERIES);

/** Makes own indexes again that went with a shared table which was dropped or rebuilt; nothing in a file without `fx_schema`. */
export function restoreOwnIndexes(db: Db): void {
  if (!hasTable(db, OWN_SERIES.table)) return;
  for (const index of OWN_INDEXES) if (hasTable(db, index.table)) db.run(createIndex(index));
}
