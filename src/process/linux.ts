import { readdirSync, readFileSync, statSync } from "node:fs";
import type { ProcessEntry, ProcessTable, ProcessUsage } from "./process-table.ts";

let bootId: string | undefined;

/** By `/proc`: nothing is started, one process costs about 10 microseconds. */
export const linuxTable: ProcessTable = {
  bootId: () => {
    bootId ??= readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return bootId;
  },
  find: (pid) => {
    const { state, entry } = readStat(pid);
    return state === "Z" || state === "X" ? undefined : entry;
  },
  startOfChild: (pid) => readStat(pid).entry?.started ?? "",
  list: () => allPids().flatMap((pid) => linuxTable.find(pid) ?? []),
  usage: () => allPids().flatMap((pid) => readUsage(pid) ?? []),
  withVariable,
  variableValues,
  ownEnvironment: () => readFileSync("/proc/self/environ"),
};

/** The fields of `/proc/<pid>/stat` from the state on. */
function statFields(pid: number): string[] {
  const stat = readOrEmpty(`/proc/${pid}/stat`).toString("latin1");
  // The program's name comes first, in parentheses, and may hold anything.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readStat(pid: number): { state?: string | undefined; entry?: ProcessEntry } {
  const fields = statFields(pid);
  const [state, , group, session] = fields;
  const started = fields[19];
  if (started === undefined) return {};
  return {
    state,
    entry: { pid, group: Number(group), session: Number(session), started, order: Number(started) },
  };
}

/** The kernel tells times to programs in hundredths of a second, whatever it counts in itself. */
const TICK_MS = 10;

/** Fields 14 to 17 of proc(5): own time in user and kernel mode, and that of children that were waited for. */
function readUsage(pid: number): ProcessUsage | undefined {
  const fields = statFields(pid);
  const [, parent, , session] = fields;
  const ticks = fields.slice(11, 15).map(Number);
  if (ticks.length < 4) return undefined;
  const cpuMs = ticks.reduce((sum, count) => sum + count, 0) * TICK_MS;
  return { pid, parent: Number(parent), session: Number(session), cpuMs };
}

function withVariable(assignment: string): number[] {
  const entry = Buffer.from(`\0${assignment}\0`);
  const own = process.getuid?.();
  return allPids().filter((pid) => {
    const environment = readOrEmpty(`/proc/${pid}/environ`);
    const carries = environment.indexOf(entry) >= 0 || environment.indexOf(entry.subarray(1)) === 0;
    return carries && statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === own;
  });
}

function variableValues(name: string): Map<number, string> {
  const own = process.getuid?.();
  const found = allPids().flatMap((pid): [number, string][] => {
    const entries = readOrEmpty(`/proc/${pid}/environ`).toString().split("\0");
    const entry = entries.find((some) => some.startsWith(`${name}=`));
    const isOwn = entry !== undefined && statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === own;
    return isOwn ? [[pid, entry.slice(name.length + 1)]] : [];
  });
  return new Map(found);
}

const allPids = (): number[] =>
  readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0);

/** Empty when the process is gone or belongs to somebody else. */
function readOrEmpty(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
