import { printable } from "../../console/printable.ts";
import { ExitCode } from "../../console/program.ts";
import { table } from "../../console/table.ts";
import { invalid } from "../../core/errors.ts";
import { patternsOverlap } from "../../core/path-pattern.ts";
import { expiryText, type Reservation, reservationJson } from "../../core/reservation.ts";
import { formatTime, type Instant } from "../../core/time.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { lockCheckFlags, lockReleaseFlags, lockRenewFlags, lockStatusFlags } from "../registry/locks.ts";
import {
  checkTtl,
  givenPaths,
  isNamed,
  lockingAgent,
  lockKeeper,
  type OwnLocks,
  requiredPaths,
} from "../reservations.ts";

export const release: Run<typeof lockReleaseFlags> = async (invocation) => {
  const own = ownLocks(invocation);
  const { released, at } = await (await lockKeeper(invocation)).release(own);
  invocation.out.done(`Released ${released} lock(s)`, { released, released_at: formatTime(at) });
};

export const renew: Run<typeof lockRenewFlags> = async (invocation) => {
  const { ttl } = invocation.flags;
  checkTtl(ttl);
  const own = ownLocks(invocation);
  const { renewed, expiresAt } = await (await lockKeeper(invocation)).renew(own, ttl);
  invocation.out.done(`Renewed ${renewed} lock(s)`, { renewed, expires_ts: formatTime(expiresAt) });
};

export const status: Run<typeof lockStatusFlags> = async (invocation) => {
  const { flags, world, out } = invocation;
  const agent = flags.agent?.trim().toLowerCase();
  const paths = givenPaths(world, flags.path);
  const active = await (await lockKeeper(invocation)).active();
  const shown = active.filter(
    (lock) => (!agent || lock.agent.toLowerCase() === agent) && isNamed(lock, new Set(), paths),
  );
  if (out.isJson) return out.jsonList(shown.map(reservationJson));
  if (shown.length === 0) return out.line("No locks found");
  const now = world.now();
  const rows = shown.map((lock) => [
    String(lock.id),
    printable(lock.agent),
    printable(lock.pathPattern),
    expiryText(lock, now),
    lock.exclusive ? "yes" : "no",
  ]);
  out.write(table(["LOCK-ID", "AGENT", "PATH", "EXPIRES", "EXCLUSIVE"], rows));
};

export const check: Run<typeof lockCheckFlags> = async (invocation) => {
  const { flags, world, out } = invocation;
  const paths = requiredPaths(world, flags.path);
  const active = await (await lockKeeper(invocation)).active();
  const checked = paths.map((path) => ({
    path,
    claims: active.filter(({ pathPattern }) => patternsOverlap(pathPattern, path)),
  }));
  if (out.isJson)
    out.jsonList(checked.map(({ path, claims }) => ({ path, claims: claims.map(reservationJson) })));
  else for (const { path, claims } of checked) out.write(checkText(path, claims, world.now()));
  if (flags["exit-code"] && checked.some(({ claims }) => claims.length > 0)) throw new ExitCode(1);
};

function checkText(path: string, claims: readonly Reservation[], now: Instant): string {
  if (claims.length === 0) return `Path is clear: ${printable(path)}\n`;
  const lines = claims.flatMap((lock) => [
    `  Holder: ${printable(lock.agent)}`,
    `  Pattern: ${printable(lock.pathPattern)}`,
    `  Expires: ${expiryText(lock, now)}`,
  ]);
  return [`Path is locked: ${printable(path)}`, ...lines, ""].join("\n");
}

function ownLocks({ flags, world }: Invocation<typeof lockReleaseFlags>): OwnLocks {
  const ids = new Set(flags["lock-id"].map(parseLockId));
  // A path that a script left empty must not mean all.
  const paths = flags.path.length === 0 ? [] : requiredPaths(world, flags.path);
  return { ids, paths, agent: lockingAgent(flags.agent, world.env) };
}

function parseLockId(word: string): number {
  const id = Number(word.trim());
  if (!/^\d+$/.test(word.trim()) || !Number.isSafeInteger(id))
    throw invalid(`invalid lock id ${JSON.stringify(word)}`);
  return id;
}
