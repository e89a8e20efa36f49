import type { LoopId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { resolveLoop } from "../core/loop-reference.ts";
import { hasCondition, type LoopFilter } from "../core/selector.ts";
import type { Db } from "./database.ts";
import { type LoopFilterParameters, loopFilterParameters, MATCHES_LOOP_FILTER } from "./loop-filter.ts";
import { getLoop } from "./loops.ts";

interface Candidate {
  id: LoopId;
  shortId: string;
  name: string;
}

/**
 * The loop that a user means, among those that pass the filter. Reads names and ids of all loops, and only the one that
 * is meant as a whole. Throws what `resolveLoop` of core throws.
 */
export function findLoopByReference(db: Db, reference: string, filter: LoopFilter = {}): Loop {
  const candidates = listCandidates(db, filter);
  const registered = hasCondition(filter) ? listCandidates(db, {}) : candidates;
  return getLoop(db, resolveLoop(reference, candidates, registered).id);
}

const listCandidates = (db: Db, filter: LoopFilter): Candidate[] =>
  db
    .query<Candidate, LoopFilterParameters>(
      `SELECT id, COALESCE(short_id, '') AS shortId, name FROM loops WHERE ${MATCHES_LOOP_FILTER}
       ORDER BY created_at, rowid`,
    )
    .all(loopFilterParameters(filter));
