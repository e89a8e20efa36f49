import { readLine } from "../../console/confirm.ts";
import { printable } from "../../console/printable.ts";
import { type AliasProfile, profileOfAlias } from "../../core/alias-profile.ts";
import { storedHarness } from "../../core/profile.ts";
import type { Instant } from "../../core/time.ts";
import type { Db } from "../../store/database.ts";
import { addPoolMember, listPoolMembers } from "../../store/pool-members.ts";
import { createPool, findDefaultPool, findPoolByName, setDefaultPool } from "../../store/pools.ts";
import { createProfile, findProfileByName, listProfiles } from "../../store/profiles.ts";
import { inTransaction } from "../../store/transaction.ts";
import { findAliases } from "../alias-lookup.ts";
import { isNonInteractive } from "../globals.ts";
import { GET_AN_AGENT } from "../installed-agents.ts";
import type { Invocation, Run } from "../invocation.ts";
import { openStore } from "../store-access.ts";

type NoFlags = Record<never, never>;

export const run: Run<NoFlags> = (invocation) => {
  const { args, global, world, out } = invocation;
  const { aliases, missing } = findAliases(args, world);
  const db = openStore(invocation, "write");
  const { created, skipped } = createProfiles(
    db,
    aliases.map((alias) => profileOfAlias(alias, world.env)),
    world.now(),
  );
  if (out.isJson) return out.json({ created, skipped, missing, imported: created.length });
  if (!out.quiet) out.line(resultLines({ Created: created, Skipped: skipped, Missing: missing }));
  if (aliases.length + missing.length === 0 && world.isTerminal(2) && !out.quiet)
    out.note(`Hint: ${GET_AN_AGENT}`);
  if (!global.yes && !isNonInteractive(global, world)) offerDefault(invocation, db);
};

function resultLines(groups: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(groups)
    .filter(([, names]) => names.length > 0)
    .map(([title, names]) => `${title}: ${names.map(printable).join(", ")}`);
  return lines.length === 0 ? "No aliases processed" : lines.join("\n");
}

/** Creates what is not there yet, so that a second run changes nothing. */
function createProfiles(db: Db, drafts: readonly AliasProfile[], now: Instant) {
  const created: string[] = [];
  const skipped: string[] = [];
  inTransaction(db, () => {
    for (const draft of drafts) {
      const isTaken = findProfileByName(db, draft.name) !== undefined;
      (isTaken ? skipped : created).push(draft.name);
      const { harness } = draft;
      if (!isTaken) createProfile(db, { ...draft, harness: storedHarness(harness), authKind: harness }, now);
    }
  });
  return { created, skipped };
}

/** Where no pool is the default one, asks which profile loops shall use that name none. */
function offerDefault({ config, world, out }: Invocation<NoFlags>, db: Db): void {
  const profiles = listProfiles(db);
  if (profiles.length === 0 || findDefaultPool(db)) return;
  const names = profiles.map(({ name }) => printable(name)).join(", ");
  out.prompt(`Default profile of new loops (${names}; empty: none): `);
  const answer = readLine()?.trim() ?? "";
  const profile = profiles.find(({ name }) => name === answer);
  if (!profile) {
    if (answer !== "") out.note(`profile not found: ${printable(answer)}`);
    return;
  }
  const name = config.defaultPool || "default";
  inTransaction(db, () => {
    const pool = findPoolByName(db, name) ?? createPool(db, { name }, world.now());
    const isMember = listPoolMembers(db, pool.id).some(({ profileId }) => profileId === profile.id);
    if (!isMember) addPoolMember(db, { poolId: pool.id, profileId: profile.id }, world.now());
    setDefaultPool(db, pool.id);
  });
  out.line(`Default pool "${printable(name)}" uses profile "${printable(profile.name)}"`);
}
