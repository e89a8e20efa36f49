import type { Instant } from "../../core/time.ts";

/** How long ago a moment was, cut off: `just now`, `5m ago`, `3h ago`, `2d ago`; `-` when unknown (spec/50 section 8.2). */
export function relativeTime(at: Instant | undefined, now: Instant): string {
  if (at === undefined) return "-";
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes}m ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ago`;
  return `${Math.floor(minutes / (24 * 60))}d ago`;
}
