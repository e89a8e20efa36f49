import type { Loop } from "../core/loop.ts";
import { type LoopSelection, selectLoops } from "../core/selector.ts";
import type { Db } from "./database.ts";
import { findLoopByReference } from "./loop-reference.ts";
import { listLoops } from "./loops.ts";

/**
 * The loops that a selection means, oldest first. With a reference only the one that is meant is read as a whole. Throws
 * what `selectLoops` of core throws.
 */
export function findSelectedLoops(db: Db, selection: LoopSelection): Loop[] {
  const { reference, filter } = selection;
  return reference
    ? [findLoopByReference(db, reference, filter)]
    : selectLoops(listLoops(db, filter), selection);
}
