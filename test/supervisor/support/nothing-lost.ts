import { expect } from "bun:test";
import type { Loop } from "../../../src/core/loop.ts";
import type { Profile } from "../../../src/core/profile.ts";
import type { QueueItem } from "../../../src/core/queue.ts";
import type { LoopRun } from "../../../src/core/run.ts";
import { findRunRuntime, listUnfinishedRuns } from "../../../src/store/fx-runs.ts";
import type { SupervisedForge } from "./supervised-forge.ts";

/**
 * A harness that says what it is given and that it is there, so that nothing of it can be lost or done twice without being
 * seen: prints a line, notes the messages in its prompt, waits for the file `go`, exits with 3.
 */
export const tellingHarness = (forge: SupervisedForge): Partial<Profile> => ({
  commandTemplate: [
    'echo "output of $FORGE_RUN_ID"',
    `echo "$FORGE_PROMPT_CONTENT" | sed -n "s/^message /$FORGE_RUN_ID /p" >>${forge.path("delivered")}`,
    `echo "$FORGE_RUN_ID" >>${forge.path("ran")}`,
    `until [ -e ${forge.path("go")} ]; do sleep 0.01; done`,
    "exit 3",
  ].join("; "),
});

export interface Expected {
  /** How often the harness itself was killed with nobody watching. */
  readonly mayBeLost: number;
  readonly iterations: number;
}

/** What must hold of a loop that has made all its iterations, whatever was killed when (spec/10 section 14). */
export function expectNothingLost(forge: SupervisedForge, loop: Loop, expected: Expected): void {
  const rows = forge.runs(loop);
  const lost = rows.filter(({ exitCode }) => exitCode === -9);
  const ran = forge.lines("ran").filter((id) => rows.some((row) => row.id === id));

  expect(forge.read(loop)).toMatchObject({
    state: "stopped",
    lastError: `max iterations reached (${expected.iterations})`,
  });
  expect(listUnfinishedRuns(forge.db, loop.id)).toEqual([]);
  expect(ledgerEntries(forge, loop)).toEqual(
    rows.map(({ id, status, exitCode }) => ({
      id: String(id),
      status: String(status),
      exitCode: Number(exitCode),
    })),
  );
  expect(new Set(rows.map(({ status }) => status)).has("running")).toBe(false);

  // No harness was there twice or without a row; what it printed is in the log once, if its end was seen.
  expect(new Set(ran).size).toBe(ran.length);
  const log = forge.log(loop);
  for (const { id, exitCode } of rows) {
    const printed = log.split(`output of ${id}\n`).length - 1;
    expect(printed).toBeLessThanOrEqual(1);
    if (exitCode !== -9 && ran.includes(id)) expect([id, printed]).toEqual([id, 1]);
  }

  // A run whose harness was never there is no iteration; one that was lost is done again.
  const lostRuns = lost.filter(({ id }) => ran.includes(id)).length;
  expect(lostRuns).toBeLessThanOrEqual(expected.mayBeLost);
  const kept = rows.length - lost.length;
  expect(kept).toBeLessThanOrEqual(expected.iterations);
  expect(kept + lost.length).toBeGreaterThanOrEqual(expected.iterations);
  if (lost.length === 0) expect(kept).toBe(expected.iterations);

  for (const item of forge.queue(loop)) expectDelivered(forge, rows, item);
}

/** A message reaches one run; only one that was lost gave it back. */
function expectDelivered(forge: SupervisedForge, rows: readonly LoopRun[], item: QueueItem): void {
  expect(item.status).toBe("completed");
  const text = /message (\w+)/.exec(item.payloadJson)?.[1] ?? "";
  const seen = rows.filter(({ exitCode }) => exitCode !== -9);
  const carriers = seen.filter(({ id }) => findRunRuntime(forge.db, id)?.itemIds.includes(item.id));
  // A steer that interrupts a run is part of no plan: its text is kept for the next one.
  if (item.type === "message_append") expect([text, carriers.length]).toEqual([text, 1]);
  const delivered = forge
    .lines("delivered")
    .filter((line) => seen.some(({ id }) => line === `${id} ${text}`));
  expect(delivered.length).toBeLessThanOrEqual(1);
  // A harness that was interrupted or killed may not have come to say so.
  const mayBeSilent =
    carriers.length === 0 ? seen.filter(wasCutShort).length > 1 : carriers.some(wasCutShort);
  if (!mayBeSilent) expect([text, delivered.length]).toEqual([text, 1]);
}

/** By an order, or by the test under the eyes of a next supervisor that was there already. */
const wasCutShort = ({ status, exitCode }: LoopRun): boolean => status === "killed" || exitCode === 128 + 9;

function ledgerEntries(
  forge: SupervisedForge,
  loop: Loop,
): { id: string; status: string; exitCode: number }[] {
  const entry = /^- run_id: (\S+)\n(?:- .*\n)*?- status: (\S+)\n(?:- .*\n)*?- exit_code: (\S+)$/gm;
  return [...forge.ledger(loop).matchAll(entry)].map(([, id, status, code]) => ({
    id: String(id),
    status: String(status),
    exitCode: Number(code),
  }));
}
