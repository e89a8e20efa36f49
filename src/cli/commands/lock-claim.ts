import { lockProject } from "../../config/agent-mail.ts";
import { confirm } from "../../console/confirm.ts";
import { printable } from "../../console/printable.ts";
import { ExitCode } from "../../console/program.ts";
import { formatDuration } from "../../core/duration.ts";
import { ForgeError } from "../../core/errors.ts";
import { expiryText, grantJson, holderJson, type Reservation } from "../../core/reservation.ts";
import {
  type ClaimRequest,
  type ClaimResult,
  type Conflict,
  claim,
  release,
} from "../../core/reservation-rules.ts";
import type { Instant } from "../../core/time.ts";
import { skipsConfirmation } from "../globals.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { lockClaimFlags } from "../registry/locks.ts";
import { changeReservations, checkTtl, lockingAgent, requiredPaths } from "../reservations.ts";

type ClaimInvocation = Invocation<typeof lockClaimFlags>;

export const run: Run<typeof lockClaimFlags> = async (invocation) => {
  const { flags, global, world, out } = invocation;
  const request = requestOf(invocation);
  let result = await tryClaim(invocation, request, []);
  if ("conflicts" in result && flags.force) {
    if (!skipsConfirmation(global, world)) {
      out.note(conflictText(result.conflicts, world.now()).trimEnd());
      if (!confirm(out, "Force release conflicting locks?"))
        throw new ForgeError("unknown", "lock claim aborted");
    }
    result = await tryClaim(invocation, request, result.conflicts);
  }
  if ("conflicts" in result) return refuse(invocation, result.conflicts);
  const { granted } = result;
  out.done(grantText(request, granted, world.now()), { granted: granted.map(grantJson), conflicts: [] });
};

function requestOf({ args, flags, given, world }: ClaimInvocation): ClaimRequest {
  const exclusive = exclusiveOf(args[0], flags.exclusive, given.has("exclusive"));
  const paths = requiredPaths(world, flags.path);
  checkTtl(flags.ttl);
  return {
    project: lockProject(world.env, world.cwd),
    agent: lockingAgent(flags.agent, world.env),
    paths,
    exclusive,
    reason: flags.reason.trim(),
    ttl: flags.ttl,
  };
}

/** `--exclusive`, `--exclusive=false`, and as older scripts have it, `--exclusive false`. */
function exclusiveOf(word: string | undefined, value: boolean, isGiven: boolean): boolean {
  if (word === undefined) return value;
  const spoken = /^(true|false)$/i.exec(word)?.[0].toLowerCase();
  if (isGiven && spoken !== undefined) return spoken === "true";
  throw new ForgeError("unknown", "accepts 0 arg(s), received 1");
}

/** Claims after releasing those that stand against it and may be pushed aside: both or nothing. */
const tryClaim = (
  invocation: ClaimInvocation,
  request: ClaimRequest,
  pushedAside: readonly Conflict[],
): Promise<ClaimResult> =>
  changeReservations<ClaimResult>(invocation, (book) => {
    const now = invocation.world.now();
    const ids = new Set(pushedAside.flatMap(({ holders }) => holders.map(({ id }) => id)));
    const answer = claim(release(book, ids, now, request.reason).book, request, now);
    return { book: "conflicts" in answer ? undefined : answer.book, answer };
  });

function refuse({ out, world }: ClaimInvocation, conflicts: readonly Conflict[]): never {
  if (out.isJson) {
    const told = conflicts.map(({ path, holders }) => ({ path, holders: holders.map(holderJson) }));
    out.json({ granted: [], conflicts: told });
    throw new ExitCode(1);
  }
  out.write(conflictText(conflicts, world.now()));
  throw new ForgeError("unknown", "lock conflicts detected");
}

function conflictText(conflicts: readonly Conflict[], now: Instant): string {
  const lines = conflicts.flatMap(({ path, holders }) => [
    `  Path: ${printable(path)}`,
    ...holders.map(
      (held) => `    - ${printable(held.agent)} (id ${held.id}, expires ${expiryText(held, now)})`,
    ),
  ]);
  return `Conflicts detected:\n${lines.map((line) => `${line}\n`).join("")}`;
}

function grantText(
  { agent, paths, ttl }: ClaimRequest,
  granted: readonly Reservation[],
  now: Instant,
): string {
  const grants = granted.map(
    (lock) => `    - ${printable(lock.pathPattern)} (id ${lock.id}, expires ${expiryText(lock, now)})`,
  );
  return [
    "Lock claimed:",
    `  Agent:   ${printable(agent)}`,
    `  Paths:   ${printable(paths.join(", "))}`,
    `  TTL:     ${formatDuration(ttl)}`,
    "  Grants:",
    ...grants,
  ].join("\n");
}
