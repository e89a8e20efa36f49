import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contextBlock } from "../../src/runner/context-block.ts";
import { LoopWorld } from "./loop-world.ts";

const HOUR = 3_600_000;

const reservation = (id: number, agent: string, draft: { reason?: string; expiresAt?: number } = {}) => ({
  id,
  agent,
  pathPattern: `src/${id}/**`,
  exclusive: true,
  reason: "",
  createdAt: 0,
  expiresAt: Date.UTC(2026, 0, 2, id),
  releasedAt: undefined,
  ...draft,
});

test("30 section 10: locks stand before the commands, at most ten, those that end first before others", () => {
  const locks = [
    reservation(3, "carl", { reason: " two\nlines " }),
    reservation(1, "anna"),
    ...Array.from({ length: 12 }, (_, index) => reservation(index + 10, "many")),
  ];
  const block = contextBlock({ work: [], memory: [], locks });
  expect(block).toStartWith(`

## Loop Context (persistent)

Locks:
- src/1/** held by anna until 2026-01-02T01:00:00Z
- src/3/** held by carl until 2026-01-02T03:00:00Z: two\\nlines
- src/10/** held by many until 2026-01-02T10:00:00Z
`);
  expect(block.match(/ held by /g)).toHaveLength(10);
  expect(block).toContain("\n\nCLI:\n");
});

test("30 section 10: a run is told of the active locks of others in its repository, and of no others", async () => {
  await using world = await LoopWorld.make();
  const stored = (project: string, agent: string, path_pattern: string, from = HOUR) => ({
    project,
    reservation: {
      id: 1,
      agent,
      path_pattern,
      exclusive: true,
      reason: "",
      created_ts: "",
      expires_ts: new Date(Date.now() + from).toISOString(),
      released_ts: "",
    },
  });
  mkdirSync(join(world.repo, ".git"));
  const store = join(world.dataDir, "file-locks.json");
  const reservations = [
    stored(world.repo, "alpha", "mine"),
    stored(world.repo, "beta", "theirs"),
    stored(world.repo, "beta", "past", -HOUR),
    stored("/elsewhere", "beta", "far"),
  ];
  writeFileSync(store, JSON.stringify({ next_id: 9, reservations }));
  const profile = world.profile([["prompt"]]);
  const loop = world.loop({ profileId: profile.id, repoPath: world.repo });
  await world.once(loop);
  const told = world.log(loop);
  expect(told.match(/^- .* held by .*$/gm)).toEqual([expect.stringMatching(/^- theirs held by beta until /)]);

  writeFileSync(store, "{");
  await world.once(loop);
  const afterwards = world.log(loop).slice(told.length);
  expect(afterwards).toContain("lock injection failed: failed to parse lock store");
  expect(afterwards).toContain("CLI:");
  expect(afterwards).not.toContain("Locks:");
});
