// How much hooks delay the iterations of a loop: webhooks whose receivers fail, hang and redirect, and a command, each
// called for every event. What counts is the time from the start of one harness to the start of the next, against the
// same loop without hooks; half of the runs of each take turns, so that a slow moment of the machine meets both.
import { join } from "node:path";
import { closeDatabase, openDatabase } from "../src/store/database.ts";
import { WebhookReceiver } from "../test/supervisor/support/webhook-receiver.ts";
import { Forge } from "../test/support/forge.ts";
import { waitFor } from "../test/support/wait-for.ts";
import { rounds } from "./support/mode.ts";
import { bar, figure, milliseconds } from "./support/verdict.ts";

const ITERATIONS = rounds(60, 5);
const TURNS = rounds(4, 1);
const BAR_MS = 10;

/** Runs a loop to its end and returns the milliseconds between the starts of its harnesses. */
async function gaps(forge: Forge, name: string): Promise<number[]> {
  const words = ["--profile", "true", "--prompt-msg", "x", "--interval", "0s"];
  await forge.must(["up", "--name", name, "--max-iterations", String(ITERATIONS), ...words]);
  await forge.must(["wait", "--loop", name, "--until", "stopped"]);
  const db = openDatabase(join(forge.dataDir, "forge.db"), { mode: "read" });
  try {
    const starts = db
      .query<{ at: string }, [string]>(
        `SELECT spawned_at AS at FROM fx_runs JOIN loops ON loops.id = loop_id WHERE name = ? ORDER BY spawned_at`,
      )
      .all(name)
      .map(({ at }) => Date.parse(at));
    return starts.slice(1).map((at, index) => at - (starts[index] ?? at));
  } finally {
    closeDatabase(db);
  }
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const share = (values: readonly number[], part: number): number =>
  sorted(values)[Math.floor(part * (values.length - 1))] ?? Number.NaN;

await using failing = new WebhookReceiver(500);
await using hanging = new WebhookReceiver("hang");
await using redirecting = new WebhookReceiver(302);
await using hooked = new Forge();
await using plain = new Forge();
for (const forge of [hooked, plain])
  await forge.must(["profile", "add", "generic", "--name", "true", "--command", "true"]);
for (const { url } of [failing, hanging, redirecting]) await hooked.must(["hook", "on-event", "--url", url]);
await hooked.must(["hook", "on-event", "--cmd", "true", "--type", "run.finished"]);

const without: number[] = [];
const withHooks: number[] = [];
for (let turn = 0; turn < TURNS; turn++) {
  without.push(...(await gaps(plain, `plain-${turn}`)));
  withHooks.push(...(await gaps(hooked, `hooked-${turn}`)));
}
await waitFor(() => failing.calls.length > 0 && redirecting.calls.length > 0, { what: "the calls" });

console.log("iterations of a loop with hooks that fail, hang, redirect and run a command");
for (const [what, values] of [
  ["without hooks", without],
  ["with hooks", withHooks],
] as const)
  figure(what, `median ${milliseconds(share(values, 0.5))}, 95 % ${milliseconds(share(values, 0.95))}`);
bar("delay of an iteration by hooks, median / ms", share(withHooks, 0.5) - share(without, 0.5), BAR_MS);
