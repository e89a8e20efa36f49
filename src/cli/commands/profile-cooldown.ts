import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { parseCooldownEnd } from "../../core/cooldown.ts";
import { invalid } from "../../core/errors.ts";
import { type Profile, profileJson } from "../../core/profile.ts";
import { formatTime, type Instant } from "../../core/time.ts";
import { getProfile, listProfiles, resolveProfile, setProfileCooldown } from "../../store/profiles.ts";
import { inTransaction } from "../../store/transaction.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { cooldownSetFlags } from "../registry/profiles.ts";
import { openStore } from "../store-access.ts";

type NoFlags = Record<never, never>;

/** Who made a cooldown is not recorded yet: all that the table holds is its end. */
const SOURCE = "manual";

export const ls: Run<NoFlags> = (invocation) => {
  const { world, out } = invocation;
  const cooling = listProfiles(openStore(invocation, "read")).flatMap((profile) =>
    profile.cooldownUntil !== undefined && profile.cooldownUntil > world.now()
      ? { profile, until: formatTime(profile.cooldownUntil) }
      : [],
  );
  if (out.isJson) {
    const list = cooling.map(({ profile, until }) => ({
      profile: profile.name,
      profile_id: profile.id,
      state: "cooling",
      until,
      source: SOURCE,
      since: formatTime(profile.updatedAt),
    }));
    return out.jsonList(list);
  }
  if (cooling.length === 0) return out.line("No cooldowns");
  const rows = cooling.map(({ profile, until }) => [printable(profile.name), "cooling", until, SOURCE, "-"]);
  out.write(table(["PROFILE", "STATE", "UNTIL", "SOURCE", "REASON"], rows));
};

export const set: Run<typeof cooldownSetFlags> = (invocation) => {
  const { flags, world, out } = invocation;
  if (!flags.until) throw invalid("--until is required");
  const until = parseCooldownEnd(flags.until, world.now());
  const profile = changeCooldown(invocation, until);
  out.done(`Profile "${printable(profile.name)}" cooldown set to ${formatTime(until)}`, profileJson(profile));
};

export const clear: Run<NoFlags> = (invocation) => {
  const profile = changeCooldown(invocation, null);
  invocation.out.done(`Profile "${printable(profile.name)}" cooldown cleared`, profileJson(profile));
};

function changeCooldown(
  invocation: Pick<Invocation, "args" | "config" | "out">,
  until: Instant | null,
): Profile {
  const [reference = ""] = invocation.args;
  const db = openStore(invocation, "read");
  return inTransaction(db, () => {
    const { id } = resolveProfile(db, reference);
    setProfileCooldown(db, id, until);
    return getProfile(db, id);
  });
}
