import type { BudgetUse } from "../core/budget-use.ts";
import { tellOnce } from "../store/budget-notices.ts";
import { findLoop } from "../store/loops.ts";
import { listReservingLoops, settleLostReservations } from "../store/reservations.ts";
import { endAbandonedRuns } from "./leaked-slots.ts";
import type { Session } from "./session.ts";

/**
 * What a loop does when a budget keeps it waiting: tells of the budget, once in its period, and frees what is still set
 * aside for runs that crashed.
 */
export async function noteBudgetWait(session: Session, use: BudgetUse): Promise<void> {
  const { db } = session.deps;
  await endAbandonedRuns(
    session,
    listReservingLoops(db).flatMap((id) => findLoop(db, id) ?? []),
  );
  await session.transact(() => {
    settleLostReservations(db, session.now());
    tellOnce(db, "budget.reached", use, session.loop(), session.now());
  });
}
