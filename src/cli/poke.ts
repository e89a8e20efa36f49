import type { Loop } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import type { Invocation } from "./invocation.ts";

/**
 * Tells the supervisor that the rows or queues of these loops have changed, so that it looks at once. After the commit. A
 * runner in a process of its own finds out by itself.
 */
export async function poke(
  { config, world }: Pick<Invocation, "config" | "world">,
  loops: readonly Loop[],
): Promise<void> {
  const hosted = loops.filter(isHosted).map(({ id }) => id);
  if (hosted.length === 0) return;
  const { pokeLoops } = await import("../supervisor/client.ts");
  await pokeLoops({ config, world }, hosted);
}

/** Whether the supervisor runs this loop, or was the last to do so. */
export const isHosted = ({ metadata }: Pick<Loop, "metadata">): boolean =>
  readLoopMetadata(metadata).runnerOwner === "daemon";
