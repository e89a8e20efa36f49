import { printable } from "../../console/printable.ts";
import { ExitCode } from "../../console/program.ts";
import { ForgeError, invalid, notFound } from "../../core/errors.ts";
import type { LoopId } from "../../core/ids.ts";
import type { Loop } from "../../core/loop.ts";
import { type LoopCondition, parseLoopCondition } from "../../core/loop-condition.ts";
import { type Db, dataVersion } from "../../store/database.ts";
import { findLoopProgress, type NamedLoopProgress } from "../../store/loop-progress.ts";
import { findLoopByReference } from "../../store/loop-reference.ts";
import { findLoop } from "../../store/loops.ts";
import { nextChange } from "../database-changes.ts";
import { existing } from "../existing.ts";
import type { Invocation, Run } from "../invocation.ts";
import { filterFrom, loopsMeant, usesSelector } from "../loop-selection.ts";
import type { waitFlags } from "../registry/verbs.ts";
import { checkRunners, reconcileRunners } from "../runner-check.ts";
import { openStore } from "../store-access.ts";
import { checkAgentCondition, waitForAgents } from "../wait-for-agents.ts";
import { WaitReport, type WaitReportOptions } from "../wait-report.ts";

type WaitInvocation = Invocation<typeof waitFlags>;

export const run: Run<typeof waitFlags> = async (invocation) => {
  const condition = conditionFrom(invocation);
  if (condition === undefined) return waitForAgents(invocation, () => reportOf(invocation));
  const db = openStore(invocation, "read");
  const loops = loopsWaitedFor(invocation, db);
  let seen: readonly NamedLoopProgress[] = [];
  const report = reportOf(invocation, () => ({ loops: seen.map(progressJson) }));
  await waitFor(invocation, db, loops, condition, report, (progress) => {
    seen = progress;
  });
  if (invocation.flags["fail-on-error"] && seen.some(({ state }) => state === "error")) throw new ExitCode(1);
};

function reportOf(
  { flags, global, out }: WaitInvocation,
  details?: WaitReportOptions["details"],
): WaitReport {
  const started = performance.now();
  return new WaitReport({
    out,
    condition: flags.until,
    quiet: flags.quiet || global.quiet,
    elapsed: () => performance.now() - started,
    ...(details && { details }),
  });
}

/** Holds the flags against one another (spec/20 sections 19 and 19.1); undefined: it is one of agents. */
function conditionFrom(invocation: WaitInvocation): LoopCondition | undefined {
  const { until, agent, workspace, loop, timeout, "poll-interval": pollInterval } = invocation.flags;
  const forLoops = loop.length > 0 || usesSelector(invocation.flags);
  if (forLoops && (agent || workspace)) {
    throw new ForgeError("unknown", "use either --loop or --agent, not both");
  }
  const condition = forLoops ? parseLoopCondition(until) : undefined;
  if (condition === undefined) checkAgentCondition(invocation);
  if (timeout <= 0) throw invalid("--timeout must be > 0");
  if (pollInterval <= 0) throw invalid("--poll-interval must be > 0");
  return condition;
}

/** Throws as references and selectors do; a loop that is not there is exit code 2. */
function loopsWaitedFor({ flags, world }: WaitInvocation, db: Db): Loop[] {
  if (flags.loop.length === 0) return loopsMeant(db, undefined, flags, world);
  const filter = filterFrom(db, flags, world);
  const byId = new Map<LoopId, Loop>();
  for (const reference of flags.loop) {
    const loop = existing(() => findLoopByReference(db, reference, filter));
    byId.set(loop.id, loop);
  }
  return [...byId.values()];
}

/** Returns when the condition is met. Ends the command when it is not in time, or cannot be. */
async function waitFor(
  invocation: WaitInvocation,
  db: Db,
  loops: readonly Loop[],
  condition: LoopCondition,
  report: WaitReport,
  tell: (progress: readonly NamedLoopProgress[]) => void,
): Promise<void> {
  const { any, timeout, "poll-interval": pollInterval } = invocation.flags;
  const deadline = performance.now() + timeout;
  let nextCheck = performance.now();
  let atStart: Map<LoopId, NamedLoopProgress> | undefined;
  for (;;) {
    if (performance.now() >= nextCheck) {
      await checkThatTheyLive(invocation, db, loops);
      nextCheck = performance.now() + pollInterval;
    }
    const version = dataVersion(db);
    const progress = report.checking(() => progressOf(db, loops, tell));
    report.status(progress.map(({ name, state }) => `${printable(name)}: ${state}`).join(", "));
    atStart ??= new Map(progress.map((loop) => [loop.id, loop]));
    const met = progress.filter((loop) => condition(loop, atStart?.get(loop.id) ?? loop));
    if (met.length === progress.length || (any && met.length > 0)) return report.met();
    const left = deadline - performance.now();
    if (left <= 0) report.timeout(timeout);
    await nextChange(db, version, Math.min(left, nextCheck - performance.now()));
  }
}

/** Tells those that are there. Throws `loop removed: <name>`. */
function progressOf(
  db: Db,
  loops: readonly Loop[],
  tell: (progress: readonly NamedLoopProgress[]) => void,
): NamedLoopProgress[] {
  const found = loops.map(({ id }) => findLoopProgress(db, id));
  const present = found.filter((progress) => progress !== undefined);
  tell(present);
  const removed = loops.find((_, index) => found[index] === undefined);
  if (removed) throw notFound(`loop removed: ${removed.name}`, { exit: 2 });
  return present;
}

/** A loop whose runner has died changes no more by itself. */
async function checkThatTheyLive(invocation: WaitInvocation, db: Db, loops: readonly Loop[]): Promise<void> {
  const present = loops.map(({ id }) => findLoop(db, id)).filter((loop) => loop !== undefined);
  reconcileRunners(invocation, db, await checkRunners(invocation, db, present));
}

const progressJson = ({ id, name, state, recorded, lastExitCode, lastError }: NamedLoopProgress) => ({
  loop_id: id,
  name,
  state,
  runs: recorded,
  last_exit_code: lastExitCode,
  last_error: lastError,
});
