import type { ProfileId } from "../core/ids.ts";
import { hasAnswer, type ToldOutcome } from "../core/outcome.ts";
import { type QuotaFigure, readLimitStatus, type ToldQuota } from "../core/quota.ts";
import { formatTimeMillis, type Instant, parseTime } from "../core/time.ts";
import { millisOrNull, numberOrNull, readNumberColumn, readRequiredTime } from "./columns.ts";
import type { Db } from "./database.ts";

interface QuotaRow {
  profile_id: ProfileId;
  window: string;
  used: number | null;
  status: string | null;
  reset_at: string | null;
  source: string | null;
  seen_at: string;
}

const toFigure = (row: QuotaRow): QuotaFigure => ({
  window: row.window,
  used: readNumberColumn(row.used),
  status: readLimitStatus(row.status),
  resetAt: parseTime(row.reset_at),
  source: row.source === "error" ? "error" : "stream",
  seenAt: readRequiredTime(row.seen_at),
});

/** By profile, each by window. */
export function listQuota(db: Db): Map<ProfileId, QuotaFigure[]> {
  const rows = db.query<QuotaRow, []>("SELECT * FROM fx_quota ORDER BY profile_id, window").all();
  return Map.groupBy(rows, (row) => row.profile_id)
    .entries()
    .reduce((figures, [id, own]) => figures.set(id, own.map(toFigure)), new Map<ProfileId, QuotaFigure[]>());
}

/** Keeps what a run told of the limits of its profile; part of the settlement of the run. */
export function noteQuota(
  db: Db,
  id: ProfileId,
  { outcome, quota, resetAt }: Pick<ToldOutcome, "outcome" | "quota" | "resetAt">,
  seenAt: Instant,
): void {
  noteToldQuota(db, id, quota, seenAt);
  const hasName = quota.some(({ status }) => status === "rejected");
  if (outcome === "rate_limited" && !hasName)
    writeFigure(db, id, { window: "", status: "rejected", resetAt }, "error", seenAt);
  // The provider works again.
  else if (hasAnswer(outcome)) forgetNamelessLimit(db, id);
}

/** Keeps what the stream of a run told. */
export function noteToldQuota(db: Db, id: ProfileId, quota: readonly ToldQuota[], seenAt: Instant): void {
  for (const told of quota) writeFigure(db, id, told, "stream", seenAt);
}

/** A limit that was told without its window is over: no later figure would say so. */
export function forgetNamelessLimit(db: Db, id: ProfileId): void {
  db.query("DELETE FROM fx_quota WHERE profile_id = ? AND window = ''").run(id);
}

function writeFigure(
  db: Db,
  profileId: ProfileId,
  { window, used, status, resetAt }: ToldQuota,
  source: QuotaFigure["source"],
  seenAt: Instant,
): void {
  db.query(
    `INSERT INTO fx_quota (profile_id, window, used, status, reset_at, source, seen_at)
     VALUES ($profileId, $window, $used, $status, $resetAt, $source, $seenAt)
     ON CONFLICT (profile_id, window) DO UPDATE SET used = $used, status = $status, reset_at = $resetAt,
       source = $source, seen_at = $seenAt WHERE seen_at <= $seenAt`,
  ).run({
    profileId,
    window,
    used: numberOrNull(used),
    status,
    resetAt: millisOrNull(resetAt),
    source,
    seenAt: formatTimeMillis(seenAt),
  });
}
