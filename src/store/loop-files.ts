import { extname } from "node:path";
import type { Config } from "../config/config.ts";
import { ledgerPath, loopLogPath } from "../config/paths.ts";
import type { Loop } from "../core/loop.ts";
import { slug } from "../core/slug.ts";
import type { Db } from "./database.ts";

/**
 * Where a loop's log and ledger lie: as stored, else by the slug of its name. A path that another loop has already gets
 * the short id before its ending (spec/10 section 1).
 */
export function loopFiles(
  db: Db,
  config: Config,
  loop: Pick<Loop, "id" | "shortId" | "name" | "repoPath" | "logPath" | "ledgerPath">,
): { logPath: string; ledgerPath: string } {
  const name = slug(loop.name, loop.id);
  return {
    logPath: loop.logPath ?? unshared(db, "log_path", loopLogPath(config, name), loop),
    ledgerPath: loop.ledgerPath ?? unshared(db, "ledger_path", ledgerPath(loop.repoPath, name), loop),
  };
}

function unshared(
  db: Db,
  column: "log_path" | "ledger_path",
  path: string,
  { id, shortId }: Pick<Loop, "id" | "shortId">,
): string {
  const other = db.query(`SELECT 1 FROM loops WHERE ${column} = ? AND id <> ? LIMIT 1`).get(path, id);
  if (!other) return path;
  const ending = extname(path);
  return `${path.slice(0, path.length - ending.length)}-${shortId}${ending}`;
}
