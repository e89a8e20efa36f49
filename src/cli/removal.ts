import { confirmDestructive } from "../console/confirm.ts";
import { printable } from "../console/printable.ts";
import type { PoolId, ProfileId } from "../core/ids.ts";
import type { Db } from "../store/database.ts";
import { listLoopsBoundTo } from "../store/profile-users.ts";
import { skipsConfirmation } from "./globals.ts";
import type { Run } from "./invocation.ts";
import { openStore } from "./store-access.ts";

/** Something that is removed by its name. */
interface Removable<Id> {
  readonly noun: "pool" | "profile";
  /** Throws when nothing has this name. */
  readonly resolve: (db: Db, reference: string) => { readonly id: Id; readonly name: string };
  readonly remove: (db: Db, id: Id) => void;
  /** What is told before it is done. */
  readonly impact: string;
  /** What the loops that it is taken from go on with. */
  readonly successor: string;
}

/** The verb that removes one such thing, once that is confirmed. */
export const removal =
  <Id extends PoolId | ProfileId>({
    noun,
    resolve,
    remove,
    impact,
    successor,
  }: Removable<Id>): Run<Record<never, never>> =>
  (invocation) => {
    const {
      args: [reference = ""],
      global,
      world,
      out,
    } = invocation;
    const db = openStore(invocation, "read");
    const { id, name } = resolve(db, reference);
    const action = { verb: "delete" as const, resource: `${noun}: ${printable(name)}`, impact };
    if (!skipsConfirmation(global, world) && !confirmDestructive(out, action)) return;
    const bound = listLoopsBoundTo(db, id);
    remove(db, id);
    const title = noun.charAt(0).toUpperCase() + noun.slice(1);
    out.done(`${title} "${printable(name)}" removed`, { deleted: true, [noun]: name });
    if (bound.length === 0 || out.quiet || out.isJson) return;
    const names = bound.map((loop) => printable(loop.name)).join(", ");
    out.note(`note: ${successor}: ${names} (forge stop <loop> ends them)`);
  };
