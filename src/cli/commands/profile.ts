import { printable } from "../../console/printable.ts";
import { fields, table } from "../../console/table.ts";
import { maskedEnv, type Profile, profileJson, shownHarness } from "../../core/profile.ts";
import { type ProfileRest, restOf } from "../../core/profile-rest.ts";
import { GOOD_STANDING } from "../../core/profile-standing.ts";
import { formatTime } from "../../core/time.ts";
import { listStandings } from "../../store/profile-standings.ts";
import { deleteProfile, listProfiles, resolveProfile } from "../../store/profiles.ts";
import type { Run } from "../invocation.ts";
import { removal } from "../removal.ts";
import { openStore } from "../store-access.ts";

type NoFlags = Record<never, never>;

const HEADER = ["NAME", "HARNESS", "AUTH_KIND", "AUTH_HOME", "MAX_CONCURRENCY", "COOLDOWN"];

export const ls: Run<NoFlags> = (invocation) => {
  const { world, out } = invocation;
  const db = openStore(invocation, "read");
  const profiles = listProfiles(db);
  if (out.isJson) return out.jsonList(profiles.map(profileJson));
  if (profiles.length === 0) return out.line("No profiles found");
  const standings = listStandings(db);
  const rows = profiles.map((profile) => {
    const rest = restOf(profile, standings.get(profile.id) ?? GOOD_STANDING, world.now());
    return [...row(profile), rest === undefined ? "-" : restText(rest)];
  });
  out.write(table(HEADER, rows));
};

const restText = ({ state, until }: ProfileRest): string => (until === undefined ? state : formatTime(until));

const row = (profile: Profile): string[] => {
  const { name, harness, authKind, authHome, maxConcurrency } = profile;
  return [
    printable(name),
    printable(shownHarness(harness)),
    printable(authKind ?? "-"),
    printable(authHome ?? "-"),
    String(maxConcurrency),
  ];
};

export const show: Run<NoFlags> = (invocation) => {
  const {
    args: [reference = ""],
    out,
  } = invocation;
  const profile = resolveProfile(openStore(invocation, "read"), reference);
  if (out.isJson) return out.json(profileJson(profile));
  const shown = profileJson({ ...profile, env: maskedEnv(profile.env) });
  const rows = Object.entries(shown).filter(([, value]) => value !== undefined);
  out.write(fields(rows.map(([label, value]) => [label, printable(asText(value))])));
};

function asText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return value.join(" ");
  return Object.entries(value)
    .map(([name, text]) => `${name}=${text}`)
    .join(" ");
}

export const rm = removal({
  noun: "profile",
  resolve: resolveProfile,
  remove: deleteProfile,
  impact: "It leaves its pools; loops that are pinned to it lose their profile.",
  successor: "loops that were pinned to it go on with the default pool or any profile",
});
