import type { Db } from "./database.ts";

/** A stored name with a word about it, for completion. */
export interface StoredName {
  name: string;
  about: string;
}

const QUERIES = {
  loop: "SELECT name, state AS about FROM loops ORDER BY name",
  profile:
    "SELECT name, CASE harness WHEN '' THEN 'generic' ELSE harness END AS about FROM profiles ORDER BY name",
  pool: "SELECT name, strategy AS about FROM pools ORDER BY name",
  agent: "SELECT id AS name, type || ', ' || state AS about FROM agents ORDER BY created_at",
  workspace: "SELECT name, repo_path AS about FROM workspaces ORDER BY name",
  node: "SELECT name, status AS about FROM nodes ORDER BY name",
  // The newest: there may be very many.
  run: `SELECT loop_runs.id AS name, loops.name || ', ' || status AS about
    FROM loop_runs JOIN loops ON loops.id = loop_id ORDER BY loop_runs.rowid DESC LIMIT 50`,
} as const;

/** The kinds of things that have a name in the database. */
export type NamedKind = keyof typeof QUERIES;

export const isNamedKind = (kind: string): kind is NamedKind => Object.hasOwn(QUERIES, kind);

export const listNames = (db: Db, kind: NamedKind): StoredName[] =>
  db.query<StoredName, []>(QUERIES[kind]).all();

/** Whether a loop of any repository has this name. */
export const isLoopName = (db: Db, name: string): boolean =>
  db.query("SELECT 1 FROM loops WHERE name = ?").get(name) !== null;
