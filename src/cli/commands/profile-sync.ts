import { printable } from "../../console/printable.ts";
import type { Run } from "../invocation.ts";
import { openStore } from "../store-access.ts";
import { type Synced, syncProfiles } from "../sync-profiles.ts";

export const run: Run<Record<never, never>> = (invocation) => {
  const { config, world, out } = invocation;
  if (config.profiles.length === 0 && config.pools.length === 0)
    return out.done("No profiles in the configuration", { profiles: NONE, pools: NONE });
  const synced = syncProfiles(openStore(invocation, "write"), config, world.now());
  const lines = [...syncedLines("profiles", synced.profiles), ...syncedLines("pools", synced.pools)];
  out.done(lines.join("\n"), synced);
};

const NONE: Synced = { created: [], updated: [], unchanged: [] };

const syncedLines = (noun: string, synced: Synced): string[] =>
  (["created", "updated", "unchanged"] as const)
    .filter((what) => synced[what].length > 0)
    .map((what) => `${title(what)} ${noun}: ${synced[what].map(printable).join(", ")}`);

const title = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
