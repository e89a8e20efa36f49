import { linuxTable } from "./linux.ts";
import { macTable } from "./macos.ts";

/** A live process. Zombies are dead: nothing of them runs, and signal 0 alone cannot tell. */
export interface ProcessEntry {
  readonly pid: number;
  readonly group: number;
  /** The session; where the system does not show it, the group. */
  readonly session: number;
  /** When it started, as opaque text: equal texts of one pid in one boot mean the same process. */
  readonly started: string;
  /** The same as a number that tells older processes (lower) from younger ones. */
  readonly order: number;
}

/** What a live process has used so far. */
export interface ProcessUsage {
  readonly pid: number;
  readonly parent: number;
  /** As in `ProcessEntry`. */
  readonly session: number;
  /** Milliseconds of CPU time; with that of its children that have ended, where the system tells it. */
  readonly cpuMs: number;
}

/** What the runtime does not tell about processes: one implementation per system. */
export interface ProcessTable {
  /** Opaque, the same until the machine restarts. */
  bootId(): string;
  /** Undefined when there is no such process, or only its zombie. */
  find(pid: number): ProcessEntry | undefined;
  /** When a child of this process started, also when it is a zombie by now. */
  startOfChild(pid: number): string;
  /** Every live process that can be seen. */
  list(): ProcessEntry[];
  /** What every live process that can be seen has used. */
  usage(): ProcessUsage[];
  /** Pids of the same user whose environment carries `NAME=value`. */
  withVariable(assignment: string): number[];
  /** What a variable holds in the environment of each process of the same user that has it, by pid. */
  variableValues(name: string): ReadonlyMap<number, string>;
  /** The environment that this process was started with: `NAME=value` entries, each ended by NUL, exact bytes. */
  ownEnvironment(): Buffer;
}

export const processTable: ProcessTable = process.platform === "darwin" ? macTable : linuxTable;
