import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { parseCooldownEnd } from "../../core/cooldown.ts";
import { ForgeError, invalid } from "../../core/errors.ts";
import { type Profile, profileJson } from "../../core/profile.ts";
import { profileRestJson, restOf } from "../../core/profile-rest.ts";
import { GOOD_STANDING } from "../../core/profile-standing.ts";
import { formatTime } from "../../core/time.ts";
import type { Db } from "../../store/database.ts";
import { listLoops } from "../../store/loops.ts";
import { freeProfile, parkProfile, setCooldown } from "../../store/profile-limits.ts";
import { listStandings } from "../../store/profile-standings.ts";
import { getProfile, listProfiles, resolveProfile } from "../../store/profiles.ts";
import { inTransaction } from "../../store/transaction.ts";
import type { Invocation, Run } from "../invocation.ts";
import { poke } from "../poke.ts";
import type { cooldownClearFlags, cooldownSetFlags } from "../registry/profiles.ts";
import { openStore } from "../store-access.ts";

export const ls: Run<Record<never, never>> = (invocation) => {
  const { world, out } = invocation;
  const db = openStore(invocation, "read");
  const standings = listStandings(db);
  const resting = listProfiles(db).flatMap((profile) => {
    const rest = restOf(profile, standings.get(profile.id) ?? GOOD_STANDING, world.now());
    return rest ? [{ profile, rest }] : [];
  });
  if (out.isJson) return out.jsonList(resting.map(({ profile, rest }) => profileRestJson(profile, rest)));
  if (resting.length === 0) return out.line("No cooldowns");
  const rows = resting.map(({ profile, rest }) => [
    printable(profile.name),
    rest.state,
    rest.until === undefined ? "-" : formatTime(rest.until),
    rest.source,
    printable(rest.reason ?? "-"),
  ]);
  out.write(table(["PROFILE", "STATE", "UNTIL", "SOURCE", "REASON"], rows));
};

export const set: Run<typeof cooldownSetFlags> = (invocation) => {
  const { flags, world, out } = invocation;
  const { until: end, park, reason } = flags;
  if (park && end) throw new ForgeError("unknown", "use either --until or --park, not both");
  if (!park && !end) throw invalid("--until is required");
  const now = world.now();
  const until = end ? parseCooldownEnd(end, now) : undefined;
  const profile = changeProfile(invocation, (db, profile) => {
    if (until === undefined) parkProfile(db, profile, { kind: "manual", reason }, now);
    else setCooldown(db, profile, { until, reason }, now);
  });
  const name = `Profile "${printable(profile.name)}"`;
  out.done(
    until === undefined ? `${name} parked` : `${name} cooldown set to ${formatTime(until)}`,
    profileJson(profile),
  );
};

export const clear: Run<typeof cooldownClearFlags> = async (invocation) => {
  const { args, flags, world, out } = invocation;
  if (flags.all && args.length > 0)
    throw new ForgeError("unknown", "use either a profile or --all, not both");
  if (!flags.all && args.length === 0) throw invalid("profile name or --all is required");
  const now = world.now();
  if (flags.all) {
    const db = openStore(invocation, "read");
    const cleared = inTransaction(db, () =>
      listProfiles(db).filter((profile) => freeProfile(db, profile, now)),
    );
    await wakeWaiting(invocation, db);
    return out.done(`Cleared ${cleared.length} cooldown(s)`, { cleared: cleared.length });
  }
  const profile = changeProfile(invocation, (db, profile) => void freeProfile(db, profile, now));
  await wakeWaiting(invocation, openStore(invocation, "read"));
  out.done(`Profile "${printable(profile.name)}" cooldown cleared`, profileJson(profile));
};

function changeProfile(
  invocation: Pick<Invocation, "args" | "config" | "out">,
  change: (db: Db, profile: Profile) => void,
): Profile {
  const [reference = ""] = invocation.args;
  const db = openStore(invocation, "read");
  return inTransaction(db, () => {
    const profile = resolveProfile(db, reference);
    change(db, profile);
    return getProfile(db, profile.id);
  });
}

/** Loops that wait may have waited for what is free now. */
const wakeWaiting = (invocation: Pick<Invocation, "config" | "world">, db: Db): Promise<void> =>
  poke(
    invocation,
    listLoops(db).filter(({ state }) => state === "waiting"),
  );
