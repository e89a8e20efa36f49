import { expect, test } from "bun:test";
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { insertRow } from "../../src/store/statements.ts";
import { VerbsSandbox } from "./verbs-sandbox.ts";

function file(path: string, bytes: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "x".repeat(bytes));
}

/** Loops `small` and `big` with logs, rotated ones, run folders and prompts. */
function withFiles(): VerbsSandbox {
  const forge = new VerbsSandbox();
  const [small, big] = [forge.loop("small"), forge.loop("big")];
  const data = (...parts: string[]) => join(forge.dataDir, ...parts);
  file(data("logs/loops/small.log"), 1);
  file(data("logs/loops/big.log"), 1);
  file(data("logs/loops/big.log.1"), 400_000);
  file(data("logs/loops/big.log.old"), 5);
  file(data("runs/r1/output"), 100_000);
  file(data("runs/r1/exit"), 2);
  file(data("runs/r2/output"), 1);
  file(data("prompts", big.id, "run-r1.md"), 1);
  file(join(forge.repo, ".fmail/topics/task/1.json"), 1);
  forge.withDatabase((db) => {
    for (const [run_id, loop] of [
      ["r1", big],
      ["r2", small],
    ] as const)
      insertRow(db, "fx_runs", {
        run_id,
        loop_id: loop.id,
        kind: "main",
        phase: "recorded",
        dir: data("runs", run_id),
      });
  });
  return forge;
}

test("30 section 21: du by kind has each kind with its size and count, the largest first", async () => {
  await using forge = withFiles();
  const { by, rows, bytes } = await forge.json(["du"]);
  expect(by).toBe("kind");
  const counts = Object.fromEntries(
    rows.map(({ what, count }: { what: string; count: number }) => [what, count]),
  );
  expect(counts).toEqual({
    database: 1,
    wal: expect.any(Number),
    "loop logs": 4,
    "run folders": 2,
    prompts: 1,
    archives: 0,
    fmail: 1,
  });
  const sizes = rows.map((row: { bytes: number }) => row.bytes);
  expect(sizes).toEqual(sizes.toSorted((a: number, b: number) => b - a));
  expect(bytes).toBe(sizes.reduce((sum: number, size: number) => sum + size, 0));
  const logs = rows.find(({ what }: { what: string }) => what === "loop logs");
  expect(logs.bytes).toBeGreaterThanOrEqual(400_000);
  const text = await forge.must(["du"]);
  expect(text).toMatch(/^WHAT +SIZE +COUNT\n/);
  expect(text).toMatch(/^run folders +1\d\dKB +2$/m);
  expect(text).toMatch(/\nTOTAL +\S+ +\d+\n$/);
});

test("30 section 21: du by loop has what each loop keeps, the largest first", async () => {
  await using forge = withFiles();
  const { by, rows, bytes } = await forge.json(["du", "--by", "loop"]);
  expect(by).toBe("loop");
  expect(rows.map(({ what, count }: { what: string; count: number }) => [what, count])).toEqual([
    ["big", 5],
    ["small", 2],
  ]);
  expect(bytes).toBeGreaterThanOrEqual(500_000);
  const lines = (await forge.must(["du", "--by=loop"])).split("\n");
  expect(lines[0]).toMatch(/^LOOP +LOGS +RUNS +PROMPTS +TOTAL$/);
  expect(lines[1]).toMatch(/^big +4\d\dKB +1\d\dKB +\S+ +5\d\dKB$/);
  expect(lines[3]).toMatch(/^TOTAL /);
});

test("30 section 21: a sparse file counts what it takes", async () => {
  await using forge = new VerbsSandbox();
  const path = join(forge.dataDir, "logs/loops/a.log");
  file(path, 1);
  const sparse = openSync(path, "r+");
  ftruncateSync(sparse, 1_000_000_000);
  closeSync(sparse);
  expect((await forge.json(["du"])).bytes).toBeLessThan(1_000_000);
});

test("a fresh machine has nothing, and du makes nothing", async () => {
  await using forge = new VerbsSandbox();
  expect((await forge.json(["du"])).bytes).toBe(0);
  expect(await forge.must(["du", "--by", "loop"])).toBe(
    "LOOP   LOGS  RUNS  PROMPTS  TOTAL\nTOTAL  0B    0B    0B       0B\n",
  );
  expect(existsSync(forge.dataDir)).toBe(false);
  expect(await forge.run(["du", "--by", "day"])).toMatchObject({
    code: 1,
    stderr: 'invalid --by value: "day" (use kind or loop)\n',
  });
});
