import { exists, notFound } from "../core/errors.ts";
import { newId, type ProfileId } from "../core/ids.ts";
import { type Profile, type PromptMode, validateProfile } from "../core/profile.ts";
import { formatTime, type Instant, parseTime } from "../core/time.ts";
import {
  type ColumnValue,
  jsonOrNull,
  readRequiredTime,
  readTextColumn,
  readTextList,
  readTextMap,
  textOrNull,
  timeOrNull,
} from "./columns.ts";
import type { Db } from "./database.ts";
import { refuseDuplicates } from "./database-error.ts";
import { insertRow, updateRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

interface ProfileRow {
  id: ProfileId;
  name: string;
  harness: string;
  auth_kind: string | null;
  auth_home: string | null;
  prompt_mode: PromptMode;
  command_template: string;
  model: string | null;
  extra_args_json: string | null;
  env_json: string | null;
  max_concurrency: number;
  cooldown_until: string | null;
  created_at: string;
  updated_at: string;
}

const toProfile = (row: ProfileRow): Profile => ({
  id: row.id,
  name: row.name,
  harness: row.harness,
  authKind: readTextColumn(row.auth_kind),
  authHome: readTextColumn(row.auth_home),
  promptMode: row.prompt_mode,
  commandTemplate: row.command_template,
  model: readTextColumn(row.model),
  extraArgs: readTextList(row.extra_args_json),
  env: readTextMap(row.env_json),
  maxConcurrency: row.max_concurrency,
  cooldownUntil: parseTime(row.cooldown_until),
  createdAt: readRequiredTime(row.created_at),
  updatedAt: readRequiredTime(row.updated_at),
});

const toColumns = (profile: Profile): Record<string, ColumnValue> => ({
  name: profile.name,
  harness: profile.harness,
  auth_kind: textOrNull(profile.authKind),
  auth_home: textOrNull(profile.authHome),
  prompt_mode: profile.promptMode,
  command_template: profile.commandTemplate,
  model: textOrNull(profile.model),
  extra_args_json: jsonOrNull(profile.extraArgs),
  env_json: jsonOrNull(profile.env),
  max_concurrency: profile.maxConcurrency,
  cooldown_until: timeOrNull(profile.cooldownUntil),
  updated_at: formatTime(profile.updatedAt),
});

const profileNotFound = () => notFound("profile not found");
const profileExists = () => exists("profile already exists");

/** A profile that is to be made: what is left out gets the table's defaults. */
export type ProfileDraft = Pick<Profile, "name" | "harness" | "commandTemplate"> &
  Partial<Omit<Profile, "createdAt" | "updatedAt">>;

/** Throws `invalid profile: ...` and `profile already exists`. */
export function createProfile(db: Db, draft: ProfileDraft, now: Instant): Profile {
  const profile: Profile = {
    id: newId<ProfileId>(),
    promptMode: "env",
    extraArgs: [],
    env: {},
    maxConcurrency: 1,
    ...draft,
    createdAt: now,
    updatedAt: now,
  };
  validateProfile(profile);
  const columns = { id: profile.id, ...toColumns(profile), created_at: formatTime(now) };
  inTransaction(db, () => refuseDuplicates(() => insertRow(db, "profiles", columns), profileExists));
  return profile;
}

export function findProfile(db: Db, id: ProfileId): Profile | undefined {
  const row = db.query<ProfileRow, [string]>("SELECT * FROM profiles WHERE id = ?").get(id);
  return row ? toProfile(row) : undefined;
}

/** Throws `profile not found`. */
export function getProfile(db: Db, id: ProfileId): Profile {
  const profile = findProfile(db, id);
  if (!profile) throw profileNotFound();
  return profile;
}

export function findProfileByName(db: Db, name: string): Profile | undefined {
  const row = db.query<ProfileRow, [string]>("SELECT * FROM profiles WHERE name = ?").get(name);
  return row ? toProfile(row) : undefined;
}

/** Throws `profile not found`. */
export function getProfileByName(db: Db, name: string): Profile {
  const profile = findProfileByName(db, name);
  if (!profile) throw profileNotFound();
  return profile;
}

/** A profile by name, else by id. Throws `profile not found: <reference>`. */
export function resolveProfile(db: Db, reference: string): Profile {
  const row = db
    .query<ProfileRow, { reference: string }>(
      `SELECT * FROM profiles WHERE name = $reference OR id = $reference
       ORDER BY name = $reference DESC LIMIT 1`,
    )
    .get({ reference });
  if (!row) throw notFound(`profile not found: ${reference}`);
  return toProfile(row);
}

export const listProfiles = (db: Db): Profile[] =>
  db.query<ProfileRow, []>("SELECT * FROM profiles ORDER BY name").all().map(toProfile);

/**
 * Writes every column: for edits by the user, of a profile that was read in the same transaction, or a cooldown set meanwhile
 * is lost. Throws `profile not found` and `profile already exists`.
 */
export function updateProfile(db: Db, profile: Profile, now: Instant): Profile {
  validateProfile(profile);
  const edited = { ...profile, updatedAt: now };
  const found = inTransaction(db, () =>
    refuseDuplicates(() => updateRow(db, "profiles", { id: profile.id }, toColumns(edited)), profileExists),
  );
  if (!found) throw profileNotFound();
  return edited;
}

/** Deletes a profile with its memberships; loops and runs forget it. Throws `profile not found`. */
export function deleteProfile(db: Db, id: ProfileId): void {
  const { changes } = inTransaction(db, () => db.query("DELETE FROM profiles WHERE id = ?").run(id));
  if (changes === 0) throw profileNotFound();
}

/** Until when the profile must not start a run; null ends a cooldown. Throws `profile not found`. */
export function setProfileCooldown(db: Db, id: ProfileId, until: Instant | null): void {
  const found = inTransaction(db, () =>
    updateRow(db, "profiles", { id }, { cooldown_until: timeOrNull(until ?? undefined) }),
  );
  if (!found) throw profileNotFound();
}
