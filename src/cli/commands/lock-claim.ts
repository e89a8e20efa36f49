import { lockProject } from "../../config/agent-mail.ts";
import { confirm } from "../../console/confirm.ts";
import { printable } from "../../console/printable.ts";
import { ExitCode } from "../../console/program.ts";
import { formatDuration } from "../../core/duration.ts";
import { ForgeError } from "../../core/errors.ts";
import { expiryText, grantJson, holderJson, type Reservation } from "../../core/reservation.ts";
import type { ClaimRequest, Conflict } from "../../core/reservation-rules.ts";
import type { Instant } from "../../core/time.ts";
import { skipsConfirmation } from "../globals.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { lockClaimFlags } from "../registry/locks.ts";
import { checkTtl, lockingAgent, lockKeeper, requiredPaths } from "../reservations.ts";

type ClaimInvocation = Invocation<typeof lockClaimFlags>;

export const run: Run<typeof lockClaimFlags> = async (invocation) => {
  const { flags, global, world, out } = invocation;
  const request = requestOf(invocation);
  const keeper = await lockKeeper(invocation);
  let answer = await keeper.claim(request, []);
  if (answer.conflicts && flags.force) {
    if (!skipsConfirmation(global, world)) {
      out.note(conflictText(answer.conflicts, world.now()).trimEnd());
      if (!confirm(out, "Force release conflicting locks?"))
        throw new ForgeError("unknown", "lock claim aborted");
    }
    answer = await keeper.claim(request, answer.conflicts);
  }
  if (answer.conflicts) return refuse(invocation, answer.conflicts);
  const { granted } = answer;
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
