import { identify, type ProcessIdentity } from "./identity.ts";
import { type ProcessEntry, processTable } from "./process-table.ts";

/** The variable that every process of a run inherits, whatever session or group it moves to (spec/10 section 13). */
export const RUN_MARK = "FORGE_RUN_ID";

/** The live processes of the same user that carry the mark of a run. */
export const markedProcesses = (runId: string): ProcessEntry[] =>
  processTable.withVariable(`${RUN_MARK}=${runId}`).flatMap((pid) => processTable.find(pid) ?? []);

/** The runs whose mark some live process of the same user carries. */
export const markedRuns = (): string[] => [...new Set(processTable.variableValues(RUN_MARK).values())];

/** The wrapper of a run of which nothing but the mark is known: the oldest process that leads a session. */
export function findMarkedLeader(runId: string): ProcessIdentity | undefined {
  const leaders = markedProcesses(runId).filter(({ pid, session }) => pid === session);
  const oldest = leaders.sort((one, other) => one.order - other.order || one.pid - other.pid)[0];
  return oldest && identify(oldest.pid);
}
