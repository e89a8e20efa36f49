import { printable } from "../../console/printable.ts";
import { ExitCode } from "../../console/program.ts";
import { table } from "../../console/table.ts";
import { GOOD_STANDING } from "../../core/profile-standing.ts";
import { type QuotaLine, quotaLineJson, quotaLines } from "../../core/quota.ts";
import { roughDuration } from "../../core/rough-duration.ts";
import type { Instant } from "../../core/time.ts";
import { listStandings, profileAvailability } from "../../store/profile-standings.ts";
import { listProfiles, resolveProfile } from "../../store/profiles.ts";
import { listQuota } from "../../store/quota.ts";
import type { Run } from "../invocation.ts";
import type { quotaFlags } from "../registry/quota.ts";
import { openStore } from "../store-access.ts";

export const run: Run<typeof quotaFlags> = (invocation) => {
  const { args, flags, world, out } = invocation;
  const now = world.now();
  const db = openStore(invocation, "read");
  const profiles = args[0] === undefined ? listProfiles(db) : [resolveProfile(db, args[0])];
  const [standings, figures] = [listStandings(db), listQuota(db)];
  const lines = profiles.flatMap((profile) =>
    quotaLines(profile, standings.get(profile.id) ?? GOOD_STANDING, figures.get(profile.id) ?? [], now),
  );
  if (out.isJson) out.jsonList(lines.map(quotaLineJson));
  else if (lines.length === 0) out.line("No profiles found");
  else out.write(quotaTable(lines, now));
  const canStart = profiles.some((profile) => profileAvailability(db, profile, now).kind === "free");
  if (flags["exit-code"] && !canStart) throw new ExitCode(1);
};

const quotaTable = (lines: readonly QuotaLine[], now: Instant): string =>
  table(
    ["PROFILE", "WINDOW", "USED", "STATUS", "RESETS", "SOURCE", "AGE"],
    lines.map(({ profile, window, used, status, resetAt, source, seenAt }) => [
      printable(profile.name),
      printable(window || "-"),
      used === undefined ? "-" : `${Math.round(used * 100)}%`,
      status,
      resetAt === undefined ? "-" : `in ${roughDuration(resetAt - now)}`,
      source ?? "-",
      seenAt === undefined ? "-" : roughDuration(Math.max(0, now - seenAt)),
    ]),
  );
