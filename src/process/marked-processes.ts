import { type ProcessEntry, processTable } from "./process-table.ts";

/** The variable that every process of a run inherits, whatever session or group it moves to (spec/10 section 13). */
export const RUN_MARK = "FORGE_RUN_ID";

/** The live processes of the same user that carry the mark of a run. */
export const markedProcesses = (runId: string): ProcessEntry[] =>
  processTable.withVariable(`${RUN_MARK}=${runId}`).flatMap((pid) => processTable.find(pid) ?? []);
