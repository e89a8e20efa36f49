import type { ToldQuota } from "../../core/quota.ts";
import { isPrintableTime } from "../../core/time.ts";
import type { LimitEvent } from "../events.ts";

/** Providers give their windows short names. */
const LONGEST_WINDOW = 64;

/** What a run has told of the limits of its account, fit to be kept: nobody vouches for what a stream says. */
export const toldQuota = (limits: readonly LimitEvent[]): ToldQuota[] =>
  limits.map(({ window = "", used, resetAt, status }) => ({
    window: window.slice(0, LONGEST_WINDOW),
    used,
    resetAt: resetAt !== undefined && isPrintableTime(resetAt) ? resetAt : undefined,
    status,
  }));
