import { expect } from "bun:test";
import type { Loop } from "../../../src/core/loop.ts";
import type { Profile } from "../../../src/core/profile.ts";
import { listUnfinishedRuns } from "../../../src/store/fx-runs.ts";
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
  /** The texts of the messages that were queued. */
  readonly messages: readonly string[];
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

  // No harness was there twice or without a row, and what it printed is in the log once, if its end was seen.
  expect(new Set(ran).size).toBe(ran.length);
  const log = forge.log(loop);
  for (const { id, exitCode } of rows) {
    const printed = log.split(`output of ${id}\n`).length - 1;
    if (exitCode !== -9) expect([id, printed]).toEqual([id, ran.includes(id) ? 1 : 0]);
    else expect(printed).toBeLessThanOrEqual(1);
  }

  // A run whose harness was never there is no iteration; one that was lost is done again.
  const lostRuns = lost.filter(({ id }) => ran.includes(id)).length;
  expect(lostRuns).toBeLessThanOrEqual(expected.mayBeLost);
  const kept = rows.length - lost.length;
  expect(kept).toBeLessThanOrEqual(expected.iterations);
  expect(kept + lost.length).toBeGreaterThanOrEqual(expected.iterations);
  if (lost.length === 0) expect(kept).toBe(expected.iterations);

  expect(forge.queue(loop).map(({ status }) => status)).toEqual(expected.messages.map(() => "completed"));
  const isLost = (id: string | undefined) => lost.some((row) => row.id === id);
  const delivered = forge.lines("delivered").map((line) => line.split(" "));
  for (const message of expected.messages) {
    const times = delivered.filter(([id, text]) => text === message && !isLost(id)).length;
    expect([message, times]).toEqual([message, 1]);
  }
}

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
