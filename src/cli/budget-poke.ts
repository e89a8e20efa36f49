import type { Db } from "../store/database.ts";
import { listLoops } from "../store/loops.ts";
import type { Invocation } from "./invocation.ts";
import { poke } from "./poke.ts";

/** Has loops that wait, and those whose run may have to end, look again: a budget has changed. */
export const pokeBudgeted = (caller: Pick<Invocation, "config" | "world">, db: Db): Promise<void> =>
  poke(
    caller,
    listLoops(db).filter(({ state }) => state === "waiting" || state === "running"),
  );
