import type { RunId } from "../core/ids.ts";
import type { LoopRun } from "../core/run.ts";
import { textOrNull } from "./columns.ts";
import type { Db } from "./database.ts";
import { upsertRow } from "./statements.ts";

/** What the work was like before a run; undefined when nobody has looked. */
export const findFingerprintBefore = (db: Db, runId: RunId): string | undefined =>
  db
    .query<{ fingerprint: string | null }, [string]>(
      "SELECT fingerprint_before AS fingerprint FROM fx_outcomes WHERE run_id = ?",
    )
    .get(runId)?.fingerprint ?? undefined;

/** Stores what the work is like before or after a run; part of its start or its settlement. */
export function storeFingerprint(
  db: Db,
  { id, loopId, profileId }: Pick<LoopRun, "id" | "loopId" | "profileId">,
  moment: "before" | "after",
  fingerprint: string,
): void {
  upsertRow(
    db,
    "fx_outcomes",
    { run_id: id },
    { loop_id: loopId, profile_id: textOrNull(profileId), [`fingerprint_${moment}`]: fingerprint },
  );
}
