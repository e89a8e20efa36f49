import type { Db } from "../store/database.ts";
import { listLoops } from "../store/loops.ts";
import type { Invocation } from "./invocation.ts";
import { poke } from "./poke.ts";

/** Has the loops that wait look again: a budget has changed. */
export const pokeWaiting = (caller: Pick<Invocation, "config" | "world">, db: Db): Promise<void> =>
  poke(caller, listLoops(db, { state: "waiting" }));
