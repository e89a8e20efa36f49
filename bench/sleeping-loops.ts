// What 100 sleeping loops cost: resident memory of all of Forge's processes, and processor time while nothing happens.
import { readFileSync } from "node:fs";
import { SupervisedForge } from "../test/supervisor/support/supervised-forge.ts";
import { waitFor } from "../test/support/wait-for.ts";
import { rounds } from "./support/mode.ts";
import { bar, figure } from "./support/verdict.ts";

const LOOPS = 100;
const WATCHED_SECONDS = rounds(30, 1);
/** Of `times(2)`: what `/proc/<pid>/stat` counts in, on every Linux that Bun runs on. */
const TICKS_PER_SECOND = 100;

await using forge = await SupervisedForge.make();
forge.profile([], { maxConcurrency: 0, commandTemplate: "true" });
await forge.must(["up", "--name-prefix", "loop", "-n", String(LOOPS), "--interval", "24h"], {
  timeoutMs: 120_000,
});
await waitFor(async () => (await forge.status()).loops.sleeping === LOOPS, {
  what: "all loops to sleep",
  timeoutMs: 120_000,
  everyMs: 100,
});

const residentMegabytes = (): number =>
  forge
    .processes()
    .map((pid) => /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1])
    .reduce((sum, kilobytes) => sum + Number(kilobytes ?? 0) / 1024, 0);

/** User and system time of the supervisor and all its threads. */
function processorSeconds(): number {
  const stat = readFileSync(`/proc/${forge.supervisor.pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

const before = processorSeconds();
await Bun.sleep(WATCHED_SECONDS * 1000);
const percent = ((processorSeconds() - before) / WATCHED_SECONDS) * 100;

console.log(`${LOOPS} sleeping loops`);
figure("processes", String(forge.processes().length));
bar("resident memory in MB", residentMegabytes(), 150);
bar("processor in % of one core", percent, 1);
