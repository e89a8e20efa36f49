import type { Hook } from "../core/hook.ts";
import { closeDatabase } from "../store/database.ts";
import { skipToNewestEvent } from "../store/hook-cursor.ts";
import { inTransaction } from "../store/transaction.ts";
import type { Invocation } from "./invocation.ts";
import { openStore } from "./store-access.ts";

/** Before a hook begins to hear: it is not told of what was stored while no hook heard anything. */
export function hearFromNowOn(
  caller: Pick<Invocation, "config" | "out">,
  others: readonly Hook[],
  { enabled }: Hook,
): void {
  if (!enabled || others.some((hook) => hook.enabled)) return;
  const db = openStore(caller, "read");
  inTransaction(db, () => skipToNewestEvent(db));
  closeDatabase(db);
}
