import type { LoopId } from "../core/ids.ts";
import { loopBlocked } from "../core/loop-events.ts";
import type { Db } from "../store/database.ts";
import { findLoopRuntime, type LoopWait } from "../store/fx-loops.ts";
import type { SettledRun } from "./active-run.ts";
import { hasOrderOrMessage } from "./orders.ts";
import type { Session } from "./session.ts";

const BLOCKED = "blocked";

/** The wait of a loop whose agent needs a person. It outlives its runner: nobody but a person ends it. */
export function blockedWait(db: Db, loopId: LoopId): LoopWait | undefined {
  const wait = findLoopRuntime(db, loopId)?.wait;
  return wait?.kind === BLOCKED ? wait : undefined;
}

/** Has the loop wait for a person, as the agent of a run asked for (spec/15 section 7.3). */
export async function enterBlocked(session: Session, run: SettledRun, reason: string): Promise<void> {
  const text = `waiting: blocked: ${reason}`;
  session.log.line(text);
  await session.patch(
    {
      state: "waiting",
      lastError: text,
      metadata: { waitUntil: null },
      runtime: { wait: { kind: BLOCKED, reason, since: session.now() } },
    },
    { tell: (loop) => loopBlocked(loop, run.runId, reason) },
  );
}

/**
 * Waits while the loop is blocked: until somebody tells its agent something, gives an order, or resumes it. What is in the
 * queue already counts as an answer, because the agent has not seen it.
 */
export async function waitForPerson(session: Session): Promise<void> {
  const isOver = () =>
    blockedWait(session.deps.db, session.loopId) === undefined || hasOrderOrMessage(session);
  if (!isOver()) await session.sleepUntil(undefined, isOver);
}
