import type { LoopId } from "../core/ids.ts";
import type { RunnerOwner } from "../core/loop-metadata.ts";
import type { Db } from "./database.ts";

/** A loop that shall run, and who runs it. */
export interface WantedRunner {
  readonly loopId: LoopId;
  readonly owner: RunnerOwner | null;
}

/** The loops that are `wanted` running; a machine that rests has none. */
export const listWantedRunners = (db: Db): WantedRunner[] =>
  db
    .query<WantedRunner, []>(
      `SELECT loop_id AS loopId, owner FROM fx_loops
       WHERE wanted = 'running' AND loop_id IN (SELECT id FROM loops)`,
    )
    .all();
