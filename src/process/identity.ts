import { processTable } from "./process-table.ts";

/** Names one process for ever: a pid alone may be given to another one. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque text of the process table. */
  readonly started: string;
  readonly bootId: string;
}

/** Undefined when the process is gone already. */
export function identify(pid: number): ProcessIdentity | undefined {
  const entry = processTable.find(pid);
  return entry && { pid, started: entry.started, bootId: processTable.bootId() };
}

/** A child that was just started and cannot be gone: one that has ended stays a zombie until the event loop turns. */
export function identifyChild(pid: number): ProcessIdentity {
  return { pid, started: processTable.startOfChild(pid), bootId: processTable.bootId() };
}

/** Whether that very process still runs. A zombie does not. */
export function isAlive({ pid, started, bootId }: ProcessIdentity): boolean {
  return bootId === processTable.bootId() && processTable.find(pid)?.started === started;
}

export const currentBootId = (): string => processTable.bootId();

/** Whether some live process has this pid; for rows that hold no more than the pid. */
export const pidExists = (pid: number): boolean => processTable.find(pid) !== undefined;
