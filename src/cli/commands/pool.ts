import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { exists } from "../../core/errors.ts";
import { parsePoolStrategyWord, poolJson } from "../../core/pool.ts";
import { shownHarness } from "../../core/profile.ts";
import { countPoolMembers, listPoolMembers } from "../../store/pool-members.ts";
import {
  createPool,
  deletePool,
  findDefaultPool,
  findPoolByName,
  listPools,
  resolvePool,
  setDefaultPool,
  setPoolStrategy,
} from "../../store/pools.ts";
import { findProfile } from "../../store/profiles.ts";
import { inTransaction } from "../../store/transaction.ts";
import type { Run } from "../invocation.ts";
import type { poolCreateFlags } from "../registry/pools.ts";
import { removal } from "../removal.ts";
import { openStore } from "../store-access.ts";

type NoFlags = Record<never, never>;

const yesOrNo = (value: boolean): string => (value ? "yes" : "no");

export const ls: Run<NoFlags> = (invocation) => {
  const { out } = invocation;
  const db = openStore(invocation, "read");
  const pools = listPools(db);
  if (out.isJson) return out.jsonList(pools.map(poolJson));
  if (pools.length === 0) return out.line("No pools found");
  const members = countPoolMembers(db);
  const rows = pools.map(({ id, name, strategy, isDefault }) => [
    printable(name),
    printable(strategy),
    yesOrNo(isDefault),
    String(members.get(id) ?? 0),
  ]);
  out.write(table(["NAME", "STRATEGY", "DEFAULT", "MEMBERS"], rows));
};

export const create: Run<typeof poolCreateFlags> = (invocation) => {
  const {
    args: [name = ""],
    flags,
    world,
    out,
  } = invocation;
  const strategy = parsePoolStrategyWord(flags.strategy);
  const db = openStore(invocation, "write");
  const pool = inTransaction(db, () => {
    if (findPoolByName(db, name)) throw exists(`pool ${JSON.stringify(name)} already exists`);
    const isDefault = findDefaultPool(db) === undefined;
    return createPool(db, { name, strategy, isDefault }, world.now());
  });
  out.done(`Pool "${printable(name)}" created`, poolJson(pool));
};

export const show: Run<NoFlags> = (invocation) => {
  const {
    args: [name = ""],
    out,
  } = invocation;
  const db = openStore(invocation, "read");
  const pool = resolvePool(db, name);
  const shown = listPoolMembers(db, pool.id).flatMap(({ profileId, weight }) => {
    const profile = findProfile(db, profileId);
    return profile ? [{ profile, weight }] : [];
  });
  // Elsewhere they mean nothing.
  const hasWeights = pool.strategy === "weighted";
  if (out.isJson) {
    const members = shown.map(({ profile, weight }) => ({
      profile_id: profile.id,
      profile_name: profile.name,
      harness: shownHarness(profile.harness),
      auth_kind: profile.authKind ?? "",
      weight: hasWeights ? weight : undefined,
    }));
    return out.json({ pool: poolJson(pool), members });
  }
  out.line(`Pool ${printable(pool.name)}`);
  out.line(`Strategy: ${printable(pool.strategy)}`);
  out.line(`Default: ${yesOrNo(pool.isDefault)}`);
  out.line("");
  if (shown.length === 0) return out.line("No members");
  const rows = shown.map(({ profile, weight }) => [
    printable(profile.name),
    printable(shownHarness(profile.harness)),
    printable(profile.authKind ?? "-"),
    ...(hasWeights ? [String(weight)] : []),
  ]);
  out.write(table(["PROFILE", "HARNESS", "AUTH_KIND", ...(hasWeights ? ["WEIGHT"] : [])], rows));
};

export const setStrategy: Run<NoFlags> = (invocation) => {
  const {
    args: [reference = "", word = ""],
    world,
    out,
  } = invocation;
  const strategy = parsePoolStrategyWord(word);
  const db = openStore(invocation, "read");
  const pool = inTransaction(db, () =>
    setPoolStrategy(db, resolvePool(db, reference).id, strategy, world.now()),
  );
  out.done(`Pool "${printable(pool.name)}" chooses by ${strategy}`, poolJson(pool));
};

export const setDefault: Run<NoFlags> = (invocation) => {
  const {
    args: [reference = ""],
    out,
  } = invocation;
  const db = openStore(invocation, "read");
  const { id, name } = resolvePool(db, reference);
  setDefaultPool(db, id);
  out.done(`Default pool set to "${printable(name)}"`, { default_pool: name });
};

export const rm = removal({
  noun: "pool",
  resolve: resolvePool,
  remove: deletePool,
  impact: "Its profiles stay; loops that use it fall back to the default pool.",
  successor: "loops that used it go on with the default pool",
});
