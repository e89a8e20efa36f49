import { formatDuration } from "../core/duration.ts";
import type { Loop } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import type { Instant } from "../core/time.ts";

/** The limit that a loop has reached, in the words of its log (spec/10 section 4.3); undefined when it may go on. */
export function reachedLimit(loop: Loop, now: Instant): string | undefined {
  const { iterationCount = 0, startedAt } = readLoopMetadata(loop.metadata);
  const { maxIterations, maxRuntimeSeconds } = loop;
  if (maxIterations > 0 && iterationCount >= maxIterations)
    return `max iterations reached (${maxIterations})`;
  const maxRuntime = maxRuntimeSeconds * 1000;
  if (maxRuntime > 0 && startedAt !== undefined && now - startedAt >= maxRuntime)
    return `max runtime reached (${formatDuration(maxRuntime)})`;
  return undefined;
}
