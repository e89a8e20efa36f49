import type { ProfileId, RunId } from "../core/ids.ts";
import type { Profile } from "../core/profile.ts";
import { type Availability, availabilityOf } from "../core/profile-availability.ts";
import {
  type Cooldown,
  GOOD_STANDING,
  type Parking,
  type ProfileStanding,
  readCooldownSource,
  readParkedKind,
} from "../core/profile-standing.ts";
import { formatTimeMillis, type Instant, parseTime } from "../core/time.ts";
import { millisOrNull, readRequiredTime, readTextColumn, textOrNull } from "./columns.ts";
import type { Db } from "./database.ts";
import { countRunningByProfile } from "./loop-runs.ts";
import { type ColumnValues, updateRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

interface StandingRow {
  profile_id: ProfileId;
  parked_at: string | null;
  parked_kind: string | null;
  parked_reason: string | null;
  cooldown_source: string | null;
  cooldown_reason: string | null;
  cooldown_since: string | null;
  cooldown_until: string | null;
  limits_in_row: number;
  transients_in_row: number;
  probe_run_id: RunId | null;
  last_ok_at: string | null;
}

const toStanding = (row: StandingRow): ProfileStanding => ({
  parking: toParking(row),
  cooldown: toCooldown(row),
  limitsInRow: row.limits_in_row,
  transientsInRow: row.transients_in_row,
  probeRunId: readTextColumn(row.probe_run_id),
  lastOkAt: parseTime(row.last_ok_at),
});

function toParking(row: StandingRow): Parking | undefined {
  if (!row.parked_at) return undefined;
  return {
    at: readRequiredTime(row.parked_at),
    kind: readParkedKind(row.parked_kind),
    reason: readTextColumn(row.parked_reason),
  };
}

function toCooldown(row: StandingRow): Cooldown | undefined {
  if (!row.cooldown_source) return undefined;
  return {
    source: readCooldownSource(row.cooldown_source),
    reason: readTextColumn(row.cooldown_reason),
    since: readRequiredTime(row.cooldown_since),
    until: readRequiredTime(row.cooldown_until),
  };
}

/** What Forge alone knows of a profile; nothing for one that has met no limit. */
export function findStanding(db: Db, id: ProfileId): ProfileStanding {
  const row = db.query<StandingRow, [string]>("SELECT * FROM fx_profiles WHERE profile_id = ?").get(id);
  return row ? toStanding(row) : GOOD_STANDING;
}

/** By profile; one that has met no limit is not in it. */
export function listStandings(db: Db): Map<ProfileId, ProfileStanding> {
  const rows = db.query<StandingRow, []>("SELECT * FROM fx_profiles").all();
  return new Map(rows.map((row) => [row.profile_id, toStanding(row)]));
}

/** Values to write; a key that is absent or undefined stays as it is, null clears. */
export interface StandingPatch {
  parking?: Parking | null | undefined;
  cooldown?: Cooldown | null | undefined;
  limitsInRow?: number | undefined;
  transientsInRow?: number | undefined;
  probeRunId?: RunId | null | undefined;
  lastOkAt?: Instant | undefined;
}

/** Writes some values, making the row where it is missing. */
export function patchStanding(db: Db, id: ProfileId, patch: StandingPatch, now: Instant): void {
  const updatedAt = formatTimeMillis(now);
  inTransaction(db, () => {
    db.query("INSERT INTO fx_profiles (profile_id, updated_at) VALUES (?, ?) ON CONFLICT DO NOTHING").run(
      id,
      updatedAt,
    );
    updateRow(db, "fx_profiles", { profile_id: id }, { ...patchColumns(patch), updated_at: updatedAt });
  });
}

const patchColumns = (patch: StandingPatch): ColumnValues => ({
  ...parkingColumns(patch.parking),
  ...cooldownColumns(patch.cooldown),
  limits_in_row: patch.limitsInRow,
  transients_in_row: patch.transientsInRow,
  probe_run_id: patch.probeRunId,
  last_ok_at: patch.lastOkAt === undefined ? undefined : formatTimeMillis(patch.lastOkAt),
});

function parkingColumns(parking: Parking | null | undefined): ColumnValues {
  if (parking === undefined) return {};
  return {
    parked_at: millisOrNull(parking?.at),
    parked_kind: textOrNull(parking?.kind),
    parked_reason: textOrNull(parking?.reason),
  };
}

function cooldownColumns(cooldown: Cooldown | null | undefined): ColumnValues {
  if (cooldown === undefined) return {};
  return {
    cooldown_source: textOrNull(cooldown?.source),
    cooldown_reason: textOrNull(cooldown?.reason),
    cooldown_since: millisOrNull(cooldown?.since),
    cooldown_until: millisOrNull(cooldown?.until),
  };
}

/** Whether a profile may start a run now; asked when one is chosen and again in the transaction that takes its slot. */
export function profileAvailability(db: Db, profile: Profile, now: Instant): Availability {
  const standing = findStanding(db, profile.id);
  const running = profile.maxConcurrency === 0 ? 0 : countRunningByProfile(db, profile.id);
  const probeSince = standing.probeRunId && findProbeStart(db, standing.probeRunId);
  return availabilityOf(profile, standing, { running, probeSince: probeSince || undefined }, now);
}

/** When a probe began; undefined when nothing is known of it any more. It may have ended without an answer. */
function findProbeStart(db: Db, id: RunId): Instant | undefined {
  const row = db
    .query<{ started_at: string }, [string]>("SELECT started_at FROM loop_runs WHERE id = ?")
    .get(id);
  return row ? readRequiredTime(row.started_at) : undefined;
}
