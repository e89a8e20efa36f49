import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { newId, type RunId } from "../../src/core/ids.ts";
import { queueItemDraft } from "../../src/core/queue-payload.ts";
import { closeDatabase, type Db, openDatabase } from "../../src/store/database.ts";
import { queryEvents } from "../../src/store/event-queries.ts";
import { createEvent } from "../../src/store/events.ts";
import { takeOwnership } from "../../src/store/fx-loops.ts";
import { listMemory, setMemory } from "../../src/store/loop-memory.ts";
import { enqueue, listQueue, setQueueItemStatus } from "../../src/store/loop-queue.ts";
import { createRun, listRuns } from "../../src/store/loop-runs.ts";
import { createLoop, deleteLoop, listLoops, updateLoop } from "../../src/store/loops.ts";
import { schemaVersion } from "../../src/store/migrator.ts";
import { listNodes, updateNode } from "../../src/store/nodes.ts";
import { listPoolMembers } from "../../src/store/pool-members.ts";
import { getDefaultPool, listPools, updatePool } from "../../src/store/pools.ts";
import { listProfiles, updateProfile } from "../../src/store/profiles.ts";
import { claimRun } from "../../src/store/run-claim.ts";
import { settleRun } from "../../src/store/run-settlement.ts";
import { listWork, setCurrentWork } from "../../src/store/work-state.ts";
import { fixturesAreMissing } from "../support/fixtures.ts";
import { copyFixture, FIXTURES, needsFixtures } from "./support/fixture-copy.ts";
import { schemaTexts } from "./support/schema.ts";
import { TemporaryStore } from "./support/temporary-store.ts";

const NOW = Date.UTC(2026, 11, 1, 12);

/** Rows with what may differ without a difference: empty text for NULL, order of JSON keys, the trigger's time. */
function rowsOf(db: Db, table: string, without: readonly string[] = []): Record<string, unknown>[] {
  const rows = db.query<Record<string, unknown>, []>(`SELECT * FROM ${table} ORDER BY rowid`).all();
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([column]) => column !== "updated_at" && !without.includes(column))
        .map(([column, value]) => [column, comparable(column, value)]),
    ),
  );
}

const comparable = (column: string, value: unknown): unknown => {
  if (value === "") return null;
  return column.endsWith("_json") && typeof value === "string" ? JSON.parse(value) : value;
};

describe.skipIf(fixturesAreMissing).each(FIXTURES)(
  `the database of the %s implementation${needsFixtures}`,
  (fixture) => {
    test("is read and left as it was by readers, but for pending migrations", () => {
      using store = new TemporaryStore();
      copyFixture(fixture, store);
      const before = store.open({ migrate: false });
      const loops = rowsOf(before, "loops");
      const db = openDatabase(store.path, { mode: "read" });
      expect(schemaVersion(db)).toBe(15);
      expect(listLoops(db).length).toBe(loops.length);
      expect(rowsOf(db, "loops")).toEqual(loops);
      closeDatabase(db);
    });

    test("leaves nothing beside its file", () => {
      using store = new TemporaryStore();
      copyFixture(fixture, store);
      closeDatabase(openDatabase(store.path, { mode: "read" }));
      expect(readdirSync(store.folder)).toEqual(["forge.db"]);
    });

    test("keeps every value of loops, profiles, pools and nodes when they are read and written back", () => {
      using store = new TemporaryStore();
      copyFixture(fixture, store);
      const db = store.open();
      const tables = ["loops", "profiles", "pools", "nodes"];
      const before = tables.map((table) => rowsOf(db, table));
      for (const loop of listLoops(db)) updateLoop(db, loop, NOW);
      for (const profile of listProfiles(db)) updateProfile(db, profile, NOW);
      for (const pool of listPools(db)) updatePool(db, pool, NOW);
      for (const node of listNodes(db)) updateNode(db, node, NOW);
      expect(tables.map((table) => rowsOf(db, table))).toEqual(before);
      expect(before[0]?.length).toBe(fixture === "go" ? 3 : 1);
    });

    test("keeps every value of runs and events when they are read and written as new rows", () => {
      using store = new TemporaryStore();
      copyFixture(fixture, store);
      const db = store.open();
      const runs = rowsOf(db, "loop_runs", ["id"]);
      const events = rowsOf(db, "events", ["id"]);
      const readRuns = listLoops(db).flatMap(({ id }) => listRuns(db, id));
      const readEvents = queryEvents(db, {}).events;
      db.run("DELETE FROM loop_runs; DELETE FROM events");
      for (const run of readRuns) createRun(db, run, NOW);
      for (const event of readEvents) createEvent(db, event);
      const sorted = (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
      expect(sorted(rowsOf(db, "loop_runs", ["id"]))).toEqual(sorted(runs));
      expect(rowsOf(db, "events", ["id"])).toEqual(events);
      expect(runs.length).toBe(fixture === "go" ? 7 : 2);
    });

    test("shows its queue items and pool members with every value", () => {
      using store = new TemporaryStore();
      copyFixture(fixture, store);
      const db = store.open();
      const items = listLoops(db).flatMap(({ id }) => listQueue(db, id));
      expect(items.length).toBe(fixture === "go" ? 3 : 1);
      const stored = rowsOf(db, "loop_queue_items");
      for (const item of items) {
        const row = stored.find(({ id }) => id === item.id);
        expect(row).toMatchObject({
          loop_id: item.loopId,
          type: item.type,
          position: item.position,
          status: item.status,
          attempts: item.attempts,
          payload_json: JSON.parse(item.payloadJson),
          error_message: item.error ?? null,
          dispatched_at: null,
          completed_at: null,
        });
      }
      const pool = getDefaultPool(db);
      expect(pool.name).toBe("main");
      expect(listPoolMembers(db, pool.id).map(({ position }) => position)).toEqual(
        fixture === "go" ? [1, 2] : [1],
      );
    });

    test("stays sound, with the schema unchanged, after a loop was run and changed here", () => {
      using store = new TemporaryStore();
      copyFixture(fixture, store);
      const db = store.open();
      const schema = schemaTexts(db);
      useEverything(db);
      expect(db.query("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
      expect(db.query("PRAGMA foreign_key_check").all()).toEqual([]);
      expect(schemaTexts(db)).toEqual(schema);
    });
  },
);

/** Every kind of write that rank (a) knows, on the loop that both fixtures have. */
function useEverything(db: Db): void {
  const loop = listLoops(db).find(({ name }) => name === "builder");
  const [profile] = listProfiles(db);
  if (!loop || !profile) throw new Error("the fixture has no builder");
  const epoch = takeOwnership(db, loop.id, { owner: "daemon", instanceId: "i", bootId: "b" }, NOW);
  const draft = queueItemDraft({ type: "message_append", payload: { text: "go on" } });
  const [item] = enqueue(db, loop.id, [draft, draft], NOW);
  if (!item) throw new Error("nothing was queued");
  const run = { runId: newId<RunId>(), loopId: loop.id, epoch };
  const claim = claimRun(
    db,
    {
      ...run,
      profileId: profile.id,
      kind: "main",
      promptSource: "base",
      itemIds: [item.id],
      dir: "/d",
      instanceId: "i",
      bootId: "b",
      member: { poolId: getDefaultPool(db).id, index: 0, profileId: profile.id },
      budgets: { timezone: "UTC", defaultReserveUsd: 0.5 },
    },
    NOW,
  );
  expect(claim.claimed).toBe(true);
  const settled = settleRun(
    db,
    {
      ...run,
      status: "success",
      exitCode: 0,
      outputTail: "done",
      lastError: null,
      state: "sleeping",
      countsAsIteration: true,
      completedItems: [item.id],
      clearsCarry: true,
      limits: { defaultCooldown: 300_000, maxCooldown: 192 * 3_600_000 },
      charge: { prices: [], hasRun: true, budgets: { timezone: "UTC", defaultReserveUsd: 0.5 } },
    },
    NOW,
  );
  expect(settled.settled).toBe(true);
  setQueueItemStatus(db, item.id, "failed", NOW, "on purpose");
  setMemory(db, loop.id, "k", "v", NOW);
  expect(listMemory(db, loop.id).length).toBe(1);
  setCurrentWork(db, { loopId: loop.id, agentId: "a", taskId: "t", loopIteration: 1 }, NOW);
  expect(listWork(db, loop.id).length).toBe(1);
  const other = createLoop(db, { name: "other", repoPath: "/r" }, NOW);
  enqueue(db, other.id, [draft], NOW);
  deleteLoop(db, other.id, NOW);
}
