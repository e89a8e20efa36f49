import type { Loop } from "../core/loop.ts";
import { currentBootId } from "../process/identity.ts";
import { syncConfigBudgets } from "../runner/config-budgets.ts";
import type { RunnerDeps } from "../runner/deps.ts";
import type { RunnerOptions } from "../runner/runner.ts";
import { patchLoopRuntime } from "../store/fx-loops.ts";
import { settleLostReservations } from "../store/reservations.ts";
import { inTransactionAsync } from "../store/transaction.ts";
import { listLoopsWithUnfinishedRuns, listWantedLoops, type WantedLoop } from "../store/wanted-loops.ts";
import { type DecisionFacts, decide, STALE } from "./going-on.ts";
import type { LoopHost } from "./loop-host.ts";
import type { StartReport } from "./protocol.ts";

/** Which loops a supervisor takes up when it starts (spec/10 section 15.1). */
export interface TakeUpRules extends Pick<DecisionFacts, "takesUp"> {
  /** Whether loops that `forge daemon stop` has held go on. */
  readonly takesHeld: boolean;
}

/**
 * Makes the loops go on that an earlier supervisor has left, and gives the runs of all others what is due to them. Returns
 * when it is decided; the loops themselves are taken up meanwhile.
 */
export async function takeUpLoops(
  host: LoopHost,
  { db, config, now }: Pick<RunnerDeps, "db" | "config" | "now">,
  { takesUp, takesHeld }: TakeUpRules,
): Promise<StartReport> {
  await inTransactionAsync(db, () => {
    syncConfigBudgets(db, config, now());
    settleLostReservations(db, now());
  });
  const facts = { bootId: currentBootId(), takesUp };
  const wanted = listWantedLoops(db, "running")
    .filter(isOurs)
    .map((found) => ({ ...found, decision: decide(found, facts) }));
  const goingOn = wanted.filter(({ decision }) => decision === "go on");
  const leftBehind = wanted.filter(({ decision }) => decision === "leave behind");
  for (const { loop, decision } of wanted) {
    if (decision === "go on") host.run(loop.id, { goesOn: true });
    else if (decision === "leave behind") host.run(loop.id, { settlesOnly: LEFT_BEHIND });
    else await inTransactionAsync(db, () => patchLoopRuntime(db, loop.id, { wanted: "stopped" }, now()));
  }
  const held = takesHeld ? resumeHeld(host, db) : 0;
  settleOthers(host, db);
  return { resumed: goingOn.length + held, left_behind: leftBehind.length };
}

/** Makes the loops go on that `forge daemon stop` has held, and returns how many there were. */
export function resumeHeld(host: LoopHost, db: RunnerDeps["db"]): number {
  const held = listWantedLoops(db, "held").filter((found) => isOurs(found) && !host.find(found.loop.id));
  for (const { loop } of held) host.run(loop.id, { goesOn: true });
  return held.length;
}

const LEFT_BEHIND: NonNullable<RunnerOptions["settlesOnly"]> = {
  state: "stopped",
  lastError: STALE,
  wanted: "held",
};

/** Loops that do not go on, although a run of theirs may still be under way, or nobody has written down its end. */
function settleOthers(host: LoopHost, db: RunnerDeps["db"]): void {
  for (const { loop, runtime } of listLoopsWithUnfinishedRuns(db, "daemon")) {
    if (host.find(loop.id)) continue;
    const wanted = runtime.wanted === "running" ? "stopped" : runtime.wanted;
    host.run(loop.id, { settlesOnly: { state: restingState(loop), wanted } });
  }
}

const restingState = ({ state }: Loop) => (state === "error" ? "error" : "stopped");

const isOurs = ({ runtime }: WantedLoop): boolean => runtime.owner === "daemon";
