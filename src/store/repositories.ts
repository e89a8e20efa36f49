import type { Db } from "./database.ts";

/** The repositories of all loops and workspaces, each once. */
export const listRepositories = (db: Db): string[] =>
  db
    .query<{ path: string }, []>("SELECT repo_path AS path FROM loops UNION SELECT repo_path FROM workspaces")
    .all()
    .map(({ path }) => path);
