import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { runDir } from "../../src/config/paths.ts";
import { listQueue } from "../../src/store/loop-queue.ts";
import { LoopWorld } from "./loop-world.ts";

test("30 section 21: after each run the runs of its loop beyond the limit go, with their folders; others stay", async () => {
  await using world = await LoopWorld.make();
  const { retention } = world.config;
  const limits = { ...retention, runsPerLoop: 3, queueMaxAge: 3_600_000 };
  world.deps = { ...world.deps, config: { ...world.config, retention: limits } };
  const { id: profileId } = world.profile([]);
  const loop = world.loop({ profileId, maxIterations: 7 });
  const other = world.loop({ name: "bravo", profileId, maxIterations: 2 });
  const [old, young] = world.enqueue(
    loop,
    { type: "message_append", payload: { text: "old" } },
    { type: "message_append", payload: { text: "young" } },
  );
  world.db
    .query(
      "UPDATE loop_queue_items SET status = 'completed', completed_at = '2026-01-01T00:00:00Z' WHERE id = ?",
    )
    .run(old?.id ?? "");
  await world.start(other).ended;
  await world.start(loop).ended;
  const kept = world.runs(loop);
  expect(kept.length).toBe(3);
  expect(world.runs(other).length).toBe(2);
  for (const { id } of kept) expect(existsSync(runDir(world.config, id))).toBe(true);
  expect(listQueue(world.db, loop.id).map(({ id }) => id)).toEqual(young ? [young.id] : []);
  expect(world.read(loop).metadata?.iteration_count).toBe(7);
});
