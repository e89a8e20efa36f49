import { expect, test } from "bun:test";
import { cpuTimeOf } from "../../src/process/cpu-time.ts";
import { waitFor } from "../support/wait-for.ts";
import { WatchedRun } from "./watched.ts";

test("the CPU time of a run is that of all its processes, in sessions of their own and gone ones too", async () => {
  await using run = new WatchedRun();
  const { identity } = run.start(["hang"]);
  expect(cpuTimeOf(identity)).toBeLessThan(1000);

  await using busy = new WatchedRun();
  // Children that burn, one after the other, out of the session of their wrapper.
  const burn = "setsid bash -c 'for ((n = 0; n < 20000; n++)); do :; done' & wait";
  const { identity: leader } = busy.startCommand(`while :; do ${burn}; done`);
  const grown = () => (cpuTimeOf(leader) ?? 0) > 300;
  await waitFor(grown, { what: "CPU time" });
});

test("a run that is gone has none", async () => {
  await using run = new WatchedRun();
  const started = run.start(["exit", 0]);
  await run.end(started);
  await waitFor(() => cpuTimeOf(started.identity) === undefined, { what: "the end of the wrapper" });
});
