import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { parseVerdict, type RecordedVerdict, recordedVerdictJson } from "../../core/agent-verdict.ts";
import { ForgeError } from "../../core/errors.ts";
import type { LoopId, RunId } from "../../core/ids.ts";
import type { Loop } from "../../core/loop.ts";
import type { LoopRun } from "../../core/run.ts";
import { formatTime } from "../../core/time.ts";
import { isBlank } from "../../core/validation.ts";
import type { Db } from "../../store/database.ts";
import { findLoopByReference } from "../../store/loop-reference.ts";
import { findRun, listRunningRuns } from "../../store/loop-runs.ts";
import { findLoop } from "../../store/loops.ts";
import { findLastVerdict, recordVerdict } from "../../store/run-verdicts.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { verdictFlags } from "../registry/verdict.ts";
import { openStore } from "../store-access.ts";

type VerdictInvocation = Invocation<typeof verdictFlags>;

export const run: Run<typeof verdictFlags> = (invocation) => {
  const [word = "", reference] = invocation.args;
  if (word === "show") return show(invocation, reference);
  if (reference !== undefined) throw new ForgeError("unknown", "accepts at most 1 arg(s), received 2");
  record(invocation, word);
};

/** Only writes: what follows from a verdict is decided when the run has ended. */
function record(invocation: VerdictInvocation, word: string): void {
  const { flags, world, out } = invocation;
  const told = parseVerdict(word, flags.reason);
  const db = openStore(invocation, "read");
  const { loop, run } = runningRun(invocation, db);
  if (!recordVerdict(db, loop, run, told, world.now())) throw noRun();
  const { verdict, reason } = told;
  out.done(`Verdict recorded: ${verdict}`, { loop: loop.name, run_id: run.id, verdict, reason });
}

/** The run that is meant: that of the loop of the flag, else the one that calls. Throws `no run in progress ...`. */
function runningRun({ flags, world: { env } }: VerdictInvocation, db: Db): { loop: Loop; run: LoopRun } {
  if (!isBlank(flags.loop)) {
    const loop = findLoopByReference(db, flags.loop ?? "");
    const run = listRunningRuns(db, loop.id).at(-1);
    if (run === undefined) throw noRun();
    return { loop, run };
  }
  // What the runner has put there; anything else finds nothing.
  const loop = env.FORGE_LOOP_ID && findLoop(db, env.FORGE_LOOP_ID as LoopId);
  const run = env.FORGE_RUN_ID && findRun(db, env.FORGE_RUN_ID as RunId);
  if (!loop || !run || run.loopId !== loop.id) throw noRun();
  return { loop, run };
}

const noRun = () =>
  new ForgeError("unknown", "no run in progress (forge verdict is called from inside a run)");

function show(invocation: VerdictInvocation, reference: string | undefined): void {
  const { flags, world, out } = invocation;
  const db = openStore(invocation, "read");
  const named = [reference, flags.loop, world.env.FORGE_LOOP_ID].find((text) => !isBlank(text));
  const loopId = named === undefined ? undefined : findLoopByReference(db, named).id;
  const found = findLastVerdict(db, loopId);
  if (out.isJson)
    out.json(found ? recordedVerdictJson(found, findLoop(db, found.loopId)?.name) : { verdict: null });
  else if (found === undefined) out.line("No verdict recorded");
  else out.write(verdictTable(found));
}

const verdictTable = ({ verdict, runId, at, reason = "" }: RecordedVerdict): string =>
  table(
    ["VERDICT", "RUN", "TIME", "REASON"],
    [[verdict, runId.slice(0, 8), formatTime(at), printable(reason)]],
  );
