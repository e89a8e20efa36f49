import { ExitCode } from "../../console/program.ts";
import { ForgeError, invalid } from "../../core/errors.ts";
import type { LoopId } from "../../core/ids.ts";
import type { Loop } from "../../core/loop.ts";
import { invalidCondition, type LoopCondition, parseLoopCondition } from "../../core/loop-condition.ts";
import { type Db, dataVersion } from "../../store/database.ts";
import { findLoopProgress, type NamedLoopProgress } from "../../store/loop-progress.ts";
import { findLoopByReference } from "../../store/loop-reference.ts";
import { findLoop } from "../../store/loops.ts";
import { nextChange } from "../database-changes.ts";
import type { Invocation, Run } from "../invocation.ts";
import { filterFrom, loopsMeant, usesSelector } from "../loop-selection.ts";
import type { waitFlags } from "../registry/verbs.ts";
import { checkRunners, reconcileRunners } from "../runner-check.ts";
import { openStore } from "../store-access.ts";
import { WaitReport } from "../wait-report.ts";

type WaitInvocation = Invocation<typeof waitFlags>;

const AGENT_CONDITIONS = ["idle", "queue-empty", "cooldown-over", "ready"];
const WORKSPACE_CONDITIONS = ["all-idle", "any-idle"];
const VALID_FOR_AGENTS = ["idle", "queue-empty", "cooldown-over", ...WORKSPACE_CONDITIONS, "ready"];

export const run: Run<typeof waitFlags> = async (invocation) => {
  const { flags, global, out } = invocation;
  const condition = conditionFrom(invocation);
  const db = openStore(invocation, "read");
  const loops = loopsWaitedFor(invocation, db);
  const started = performance.now();
  const report = new WaitReport({
    out,
    condition: flags.until,
    quiet: flags.quiet || global.quiet,
    elapsed: () => performance.now() - started,
  });
  const reached = await waitFor(invocation, db, loops, condition, report);
  report.met(reached);
  if (flags["fail-on-error"] && reached.some(({ state }) => state === "error")) throw new ExitCode(1);
};

/** Holds the flags against one another; the messages of spec/20 sections 19 and 19.1. */
function conditionFrom({ flags }: WaitInvocation): LoopCondition {
  const { until, agent, workspace, timeout, "poll-interval": pollInterval } = flags;
  const forLoops = flags.loop.length > 0 || usesSelector(flags);
  if (forLoops && (agent || workspace)) {
    throw new ForgeError("unknown", "use either --loop or --agent, not both");
  }
  const condition = forLoops ? parseLoopCondition(until) : refuseAgents(until, agent, workspace);
  if (timeout <= 0) throw invalid("--timeout must be > 0");
  if (pollInterval <= 0) throw invalid("--poll-interval must be > 0");
  return condition;
}

/** Agents in terminal panes belong to a later version; what a caller got wrong is told all the same. */
function refuseAgents(until: string, agent: string | undefined, workspace: string | undefined): never {
  const hint = "To wait for loops: forge wait --loop <name> --until stopped";
  if (!VALID_FOR_AGENTS.includes(until)) throw invalidCondition(until, VALID_FOR_AGENTS, hint);
  const needed = AGENT_CONDITIONS.includes(until) ? "agent" : "workspace";
  if (!(needed === "agent" ? agent : workspace)) {
    throw invalid(`--${needed} is required for condition '${until}' (no context set)`, { hint });
  }
  throw new ForgeError("unknown", `forge wait --${needed} is not available yet`, { hint });
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

function existing(find: () => Loop): Loop {
  try {
    return find();
  } catch (thrown) {
    if (!(thrown instanceof ForgeError) || thrown.kind !== "not_found") throw thrown;
    const { kind, message, hint, details } = thrown;
    throw new ForgeError(kind, message, { hint, details, exit: 2, cause: thrown });
  }
}

/** The loops as they are when the condition is met. Ends the command when it is not in time, or cannot be. */
async function waitFor(
  invocation: WaitInvocation,
  db: Db,
  loops: readonly Loop[],
  condition: LoopCondition,
  report: WaitReport,
): Promise<readonly NamedLoopProgress[]> {
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
    const progress = progressOf(db, loops, report);
    report.progress(progress);
    atStart ??= new Map(progress.map((loop) => [loop.id, loop]));
    const met = progress.filter((loop) => condition(loop, atStart?.get(loop.id) ?? loop));
    if (met.length === progress.length || (any && met.length > 0)) return progress;
    const left = deadline - performance.now();
    if (left <= 0) report.timeout(progress, timeout);
    await nextChange(db, version, Math.min(left, nextCheck - performance.now()));
  }
}

/** Ends the command when one of the loops is gone. */
function progressOf(db: Db, loops: readonly Loop[], report: WaitReport): NamedLoopProgress[] {
  const found = loops.map(({ id }) => findLoopProgress(db, id));
  const present = found.filter((progress) => progress !== undefined);
  const removed = loops.find((_, index) => found[index] === undefined);
  if (removed) report.removed(present, removed.name);
  return present;
}

/** A loop whose runner has died changes no more by itself. */
async function checkThatTheyLive(invocation: WaitInvocation, db: Db, loops: readonly Loop[]): Promise<void> {
  const present = loops.map(({ id }) => findLoop(db, id)).filter((loop) => loop !== undefined);
  reconcileRunners(invocation, db, await checkRunners(invocation, db, present));
}
