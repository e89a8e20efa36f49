import { enumReader } from "./enum.ts";
import { omitEmpty } from "./json.ts";
import { type Profile, shownHarness } from "./profile.ts";
import { cooldownEnd, ownCooldown } from "./profile-availability.ts";
import type { ProfileStanding } from "./profile-standing.ts";
import { formatTimeMillis, type Instant } from "./time.ts";

export const LIMIT_STATUSES = ["ok", "warning", "rejected"] as const;
export type LimitStatus = (typeof LIMIT_STATUSES)[number];

export const readLimitStatus = enumReader(LIMIT_STATUSES, "ok");

/** What a provider said of one of its windows. */
export interface ToldQuota {
  /** The provider's period, such as `five_hour`; empty where it has no name. */
  readonly window: string;
  /** 0 to 1. */
  readonly used?: number | undefined;
  readonly resetAt?: Instant | undefined;
  readonly status: LimitStatus;
}

/** The last known figure of a window: a row of `fx_quota` (spec/15 section 3). */
export interface QuotaFigure extends ToldQuota {
  /** Told by an event of the stream, or by the error that ended a run. */
  readonly source: "stream" | "error";
  readonly seenAt: Instant;
}

/** One line of `forge quota` (spec/15 section 4.5). */
export interface QuotaLine {
  readonly profile: Profile;
  readonly window: string;
  readonly used?: number | undefined;
  readonly status: "ok" | "warning" | "limited" | "parked" | "unknown";
  readonly resetAt?: Instant | undefined;
  /** Undefined when nobody has said anything. */
  readonly source?: "stream" | "error" | "manual" | undefined;
  readonly seenAt?: Instant | undefined;
  readonly parkedReason?: string | undefined;
}

/** What is known of a profile's windows; one line where nothing is. */
export function quotaLines(
  profile: Profile,
  standing: ProfileStanding,
  figures: readonly QuotaFigure[],
  now: Instant,
): QuotaLine[] {
  const lines = figures.map((figure) => lineOf(profile, figure, now));
  const isLimited = lines.some(({ status }) => status === "limited");
  const cooling = isLimited ? undefined : coolingLine(profile, standing, now);
  if (cooling) lines.push(cooling);
  const { parking } = standing;
  if (lines.length === 0) {
    const source = parking && (parking.kind === "manual" ? "manual" : "error");
    lines.push({ profile, window: "", status: "unknown", source, seenAt: parking?.at });
  }
  if (!parking) return lines;
  const parked = { status: "parked" as const, parkedReason: parking.reason ?? parking.kind };
  return lines.map((line) => ({ ...line, ...parked }));
}

function lineOf(profile: Profile, figure: QuotaFigure, now: Instant): QuotaLine {
  const { window, used, resetAt, status, source, seenAt } = figure;
  const isOver = resetAt !== undefined && resetAt <= now;
  if (isOver) return { profile, window, status: "unknown", source, seenAt };
  return {
    profile,
    window,
    used,
    status: status === "rejected" ? "limited" : status,
    resetAt,
    source,
    seenAt,
  };
}

/** A cooldown of which no window tells. */
function coolingLine(profile: Profile, standing: ProfileStanding, now: Instant): QuotaLine | undefined {
  const until = cooldownEnd(profile, standing, now);
  if (until === undefined) return undefined;
  const own = ownCooldown(profile, standing);
  const source = own === undefined || own.source === "manual" ? "manual" : "error";
  return { profile, window: "", status: "limited", resetAt: until, source, seenAt: own?.since };
}

export const quotaLineJson = (line: QuotaLine) => ({
  profile: line.profile.name,
  profile_id: line.profile.id,
  harness: shownHarness(line.profile.harness),
  window: line.window,
  used: line.used,
  status: line.status,
  reset_at: line.resetAt === undefined ? undefined : formatTimeMillis(line.resetAt),
  source: line.source ?? "",
  seen_at: line.seenAt === undefined ? undefined : formatTimeMillis(line.seenAt),
  parked_reason: omitEmpty(line.parkedReason),
});
