import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { databasePath } from "../../src/config/paths.ts";
import type { Loop } from "../../src/core/loop.ts";
import { waitFor } from "../support/wait-for.ts";
import { SupervisedForge } from "./support/supervised-forge.ts";

let forge: SupervisedForge;
beforeEach(async () => {
  forge = await SupervisedForge.make();
});
afterEach(() => forge[Symbol.asyncDispose]());

const LIMITS = { one: 1, two: 2, three: 3 };

/** A harness that tells how many of its profile run at once, itself among them. */
const counting = (profile: string) => {
  const folder = forge.path(`active-${profile}`);
  mkdirSync(folder);
  return [
    `echo >${folder}/$FORGE_RUN_ID`,
    `echo "$FORGE_LOOP_NAME ${profile} $(ls ${folder} | wc -l)" >>${forge.path("seen")}`,
    "sleep 0.02",
    `rm ${folder}/$FORGE_RUN_ID`,
  ].join("; ");
};

test("fifty loops share a pool of three profiles: no limit is exceeded, nobody starves, no slot is left taken", async () => {
  const iterations = 4;
  for (const [name, maxConcurrency] of Object.entries(LIMITS))
    forge.profile([], { name, maxConcurrency, commandTemplate: counting(name) });
  await forge.must(["pool", "create", "team"]);
  await forge.must(["pool", "add", "team", ...Object.keys(LIMITS)]);
  await forge.must(
    [
      "up",
      "--name-prefix",
      "loop",
      "-n",
      "50",
      "--pool",
      "team",
      "--interval",
      "0",
      "-i",
      String(iterations),
    ],
    { timeoutMs: 60_000 },
  );
  const loops = Array.from({ length: 50 }, (_, index) => forge.named(`loop-${index + 1}`));
  await waitFor(() => loops.every((loop) => forge.read(loop).state === "stopped"), {
    what: "all loops to end",
    timeoutMs: 60_000,
    everyMs: 100,
  });

  const seen = forge.lines("seen").map((line) => line.split(" "));
  expect(seen).toHaveLength(50 * iterations);
  for (const [name, limit] of Object.entries(LIMITS)) {
    const counts = seen.flatMap(([, profile, count]) => (profile === name ? [Number(count)] : []));
    expect([name, Math.max(...counts)]).toEqual([name, limit]);
  }
  // Between two runs of a loop every other one has a turn or two.
  const order = seen.map(([name]) => name);
  for (const { name } of loops) expect(longestGap(order, name)).toBeLessThan(3 * loops.length);
  expect(loops.map((loop) => forge.runs(loop).map(({ status }) => status))).toEqual(
    loops.map(() => Array.from({ length: iterations }, () => "success" as const)),
  );
  expect(loops.map((loop: Loop) => forge.read(loop).lastError)).toEqual(
    loops.map(() => `max iterations reached (${iterations})`),
  );
});

/** The most runs of others between two of one loop. */
function longestGap(order: readonly (string | undefined)[], name: string): number {
  const places = order.flatMap((other, index) => (other === name ? [index] : []));
  return Math.max(...places.slice(1).map((place, index) => place - (places[index] ?? place)));
}

test("a database that somebody else locks for seconds does not hold up the supervisor, and no loop fails by it", async () => {
  forge.profile([["print", "hello"]], { maxConcurrency: 0 });
  await forge.must(["up", "--name-prefix", "loop", "-n", "30", "--interval", "0"]);
  const loops = Array.from({ length: 30 }, (_, index) => forge.named(`loop-${index + 1}`));
  await waitFor(() => finishedRuns() > 60, { what: "the loops to run" });

  using other = new Database(databasePath(forge.config));
  other.run("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE");
  const before = finishedRuns();
  const waits: number[] = [];
  for (const end = performance.now() + 2000; performance.now() < end; ) {
    const asked = performance.now();
    await (await forge.request("GET", "/v1/ping")).json();
    waits.push(performance.now() - asked);
    await Bun.sleep(10);
  }
  expect(finishedRuns()).toBe(before);
  expect(waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)]).toBeLessThan(100);
  expect(Math.max(...waits)).toBeLessThan(1500);
  other.run("COMMIT");

  await waitFor(() => finishedRuns() >= before + 30, { what: "the loops to go on" });
  const states = new Set(loops.map((loop) => forge.read(loop).state));
  expect(states.has("error")).toBe(false);
  await forge.must(["daemon", "stop", "--now"]);
});

const finishedRuns = (): number =>
  forge.db.query<{ n: number }, []>("SELECT count(*) AS n FROM loop_runs WHERE status <> 'running'").get()
    ?.n ?? 0;
