import { expect, test } from "bun:test";
import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { cleanupMarkPath, loopLogPath } from "../../src/config/paths.ts";
import { countEvents } from "../../src/store/event-queries.ts";
import { RegularCleanup } from "../../src/supervisor/regular-cleanup.ts";
import { addEvents } from "../support/events.ts";
import { Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait-for.ts";
import { SupervisedForge } from "./support/supervised-forge.ts";

const HOUR = 3_600_000;

function writtenAgo(path: string, ms: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "x");
  const at = new Date(Date.now() - ms);
  utimesSync(path, at, at);
}

test("30 section 21: the supervisor applies the limits hourly, and touches no run in progress", async () => {
  await using forge = await SupervisedForge.make();
  addEvents(forge, [{ id: "old", timestamp: Date.now() - 1000 * HOUR }]);
  forge.profile([
    ["print", "working"],
    ["await", forge.path("go")],
  ]);
  const loop = forge.loop();
  const old = [1, 2, 3, 4].map((age) => `${loopLogPath(forge.config, "alpha")}.${age}`);
  for (const path of old) writtenAgo(path, HOUR);
  writtenAgo(cleanupMarkPath(forge.config), HOUR + 60_000);
  await forge.must(["resume", "alpha"]);
  await waitFor(() => forge.log(loop).includes("working"), { what: "the run" });
  await waitFor(() => !existsSync(old[3] ?? ""), { what: "the cleanup" });
  await waitFor(() => forge.db.query("SELECT 1 FROM events WHERE id = 'old'").get() === null, {
    what: "the events to be looked at",
  });
  expect(old.map((path) => existsSync(path))).toEqual([true, true, true, false]);
  expect(countEvents(forge.db)).toBeGreaterThan(0);
  expect(forge.log(loop)).toContain("working");
  forge.touch("go");
  await waitFor(() => forge.runs(loop)[0]?.status === "success", { what: "the run to end well" });
});

/** What a cleanup does that looks twice. */
async function looks(markedAgo: number | undefined, begin: () => void = () => {}) {
  await using folder = new Sandbox();
  const markPath = `${folder.folder}/mark`;
  if (markedAgo !== undefined) writtenAgo(markPath, markedAgo);
  const told: string[] = [];
  using cleanup = new RegularCleanup({
    ...{ markPath, every: HOUR, now: Date.now },
    begin: () => {
      told.push("begin");
      begin();
    },
    onFailure: (thrown) => told.push(String(thrown)),
  });
  cleanup.look();
  expect(existsSync(markPath)).toBe(true);
  // One is enough for an hour.
  cleanup.look();
  return told;
}

test.each<[string, number | undefined, string[]]>([
  ["was never", undefined, []],
  ["was less than an hour ago", HOUR - 60_000, []],
  ["was more than an hour ago", HOUR + 60_000, ["begin"]],
  ["is in the future", -HOUR, ["begin"]],
])("a cleanup when the last one %s: %p", async (_name, markedAgo, told) => {
  expect(await looks(markedAgo)).toEqual(told);
});

test("a cleanup that cannot begin is told of and ends nothing", async () => {
  const begin = () => {
    throw new Error("no process");
  };
  expect(await looks(2 * HOUR, begin)).toEqual(["begin", "Error: no process"]);
});
