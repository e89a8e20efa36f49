import type { AgentId, WorkspaceId } from "../core/ids.ts";
import { newId } from "../core/ids.ts";
import { formatTime, type Instant, parseTime } from "../core/time.ts";
import { flag, readRequiredTime, readTextColumn, textOrNull } from "./columns.ts";
import type { Db } from "./database.ts";
import { insertRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

/** A claim of an agent on paths of a workspace: a row of `file_locks`. It counts until it is released or expires. */
export interface FileLock {
  id: string;
  workspaceId: WorkspaceId;
  agentId: AgentId;
  pathPattern: string;
  exclusive: boolean;
  reason?: string | undefined;
  ttlSeconds: number;
  expiresAt: Instant;
  createdAt: Instant;
  releasedAt?: Instant | undefined;
}

interface FileLockRow {
  id: string;
  workspace_id: WorkspaceId;
  agent_id: AgentId;
  path_pattern: string;
  exclusive: number;
  reason: string | null;
  ttl_seconds: number;
  expires_at: string;
  created_at: string;
  released_at: string | null;
}

const toFileLock = (row: FileLockRow): FileLock => ({
  id: row.id,
  workspaceId: row.workspace_id,
  agentId: row.agent_id,
  pathPattern: row.path_pattern,
  exclusive: row.exclusive !== 0,
  reason: readTextColumn(row.reason),
  ttlSeconds: row.ttl_seconds,
  expiresAt: readRequiredTime(row.expires_at),
  createdAt: readRequiredTime(row.created_at),
  releasedAt: parseTime(row.released_at),
});

export type FileLockDraft = Pick<
  FileLock,
  "workspaceId" | "agentId" | "pathPattern" | "exclusive" | "reason" | "ttlSeconds"
>;

export type FileLockClaim =
  | { claimed: true; lock: FileLock }
  | { claimed: false; conflicts: readonly FileLock[] };

/**
 * Locks paths for an agent unless a lock of another agent stands against it: locks on the same pattern of which one is
 * exclusive. `overlaps` says whether two different patterns can mean the same file; by default only equal ones do.
 */
export function claimFileLock(
  db: Db,
  draft: FileLockDraft,
  now: Instant,
  overlaps: (a: string, b: string) => boolean = (a, b) => a === b,
): FileLockClaim {
  return inTransaction(db, () => {
    const conflicts = listActiveFileLocks(db, draft.workspaceId, now).filter(
      (lock) =>
        lock.agentId !== draft.agentId &&
        (lock.exclusive || draft.exclusive) &&
        overlaps(lock.pathPattern, draft.pathPattern),
    );
    if (conflicts.length > 0) return { claimed: false, conflicts };
    return { claimed: true, lock: insertLock(db, draft, now) };
  });
}

function insertLock(db: Db, draft: FileLockDraft, now: Instant): FileLock {
  const expiresAt = now + draft.ttlSeconds * 1000;
  const lock: FileLock = { id: newId<FileLock["id"]>(), ...draft, expiresAt, createdAt: now };
  insertRow(db, "file_locks", {
    id: lock.id,
    workspace_id: lock.workspaceId,
    agent_id: lock.agentId,
    path_pattern: lock.pathPattern,
    exclusive: flag(lock.exclusive),
    reason: textOrNull(lock.reason),
    ttl_seconds: lock.ttlSeconds,
    expires_at: formatTime(expiresAt),
    created_at: formatTime(now),
  });
  return lock;
}

/** The locks of a workspace that count now, oldest first. */
export const listActiveFileLocks = (db: Db, workspaceId: WorkspaceId, now: Instant): FileLock[] =>
  db
    .query<FileLockRow, [string, string]>(
      `SELECT * FROM file_locks WHERE workspace_id = ? AND released_at IS NULL AND expires_at > ?
       ORDER BY created_at, rowid`,
    )
    .all(workspaceId, formatTime(now))
    .map(toFileLock);

/** Whether there was a lock to release. */
export const releaseFileLock = (db: Db, id: string, now: Instant): boolean =>
  inTransaction(
    db,
    () =>
      db
        .query("UPDATE file_locks SET released_at = ? WHERE id = ? AND released_at IS NULL")
        .run(formatTime(now), id).changes > 0,
  );

/** Releases what has expired and returns how many there were. */
export const releaseExpiredFileLocks = (db: Db, now: Instant): number =>
  inTransaction(
    db,
    () =>
      db
        .query<unknown, { now: string }>(
          "UPDATE file_locks SET released_at = $now WHERE released_at IS NULL AND expires_at <= $now",
        )
        .run({ now: formatTime(now) }).changes,
  );
