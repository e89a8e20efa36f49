import type { ProcessEntry, ProcessTable, ProcessUsage } from "./process-table.ts";

/*
 * Written from the manual pages of ps(1) and sysctl(8); not run on the machines that test this project. `ps` shows start
 * times in whole seconds, and withholds the environment of protected system programs, which no harness is.
 */

let bootId: string | undefined;

/** By `ps` and `sysctl`: one program start per question. */
export const macTable: ProcessTable = {
  bootId: () => {
    bootId ??= outputOf("sysctl", "-n", "kern.bootsessionuuid").trim();
    return bootId;
  },
  find: (pid) => entries("-p", String(pid))[0],
  startOfChild: (pid) => outputOf("ps", "-p", String(pid), "-o", "lstart=").trim(),
  list: () => entries("-ax"),
  usage,
  withVariable,
  variableValues,
  ownEnvironment: () =>
    Buffer.from(
      Object.entries(process.env)
        .map(([name, value]) => `${name}=${value}\0`)
        .join(""),
    ),
};

/** `  501   501 Ss   Mon Jan  2 03:04:05 2026` */
const LINE = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/;

function entries(...selection: string[]): ProcessEntry[] {
  const table = outputOf("ps", ...selection, "-o", "pid=,pgid=,stat=,lstart=");
  return table.split("\n").flatMap((line) => {
    const [, pid, group, state, started] = LINE.exec(line) ?? [];
    if (started === undefined || state?.startsWith("Z")) return [];
    const order = Date.parse(started);
    return [{ pid: Number(pid), group: Number(group), session: Number(group), started, order }];
  });
}

/** `  501     1   501   1:02.34`: hours, where there are any, stand before the minutes. */
const USAGE_LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+([\d:.]+)\s*$/;

/** What children used that have ended is not shown. */
function usage(): ProcessUsage[] {
  const table = outputOf("ps", "-ax", "-o", "pid=,ppid=,pgid=,time=");
  return table.split("\n").flatMap((line) => {
    const [, pid, parent, group, time = ""] = USAGE_LINE.exec(line) ?? [];
    if (pid === undefined) return [];
    const seconds = time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    return [{ pid: Number(pid), parent: Number(parent), session: Number(group), cpuMs: seconds * 1000 }];
  });
}

function withVariable(assignment: string): number[] {
  return environments()
    .filter((line) => ` ${line} `.includes(` ${assignment} `))
    .map((line) => Number.parseInt(line, 10));
}

/** Of a value with a blank only what stands before it. */
function variableValues(name: string): Map<number, string> {
  const found = environments().flatMap((line): [number, string][] => {
    const [, value] = new RegExp(` ${name}=(\\S*)`).exec(line) ?? [];
    return value === undefined ? [] : [[Number.parseInt(line, 10), value]];
  });
  return new Map(found);
}

/** `-E` puts the environment behind the command, separated by blanks. */
const environments = (): string[] => outputOf("ps", "-x", "-E", "-ww", "-o", "pid=,command=").split("\n");

function outputOf(...command: string[]): string {
  const { stdout } = Bun.spawnSync(command, {
    stdin: "ignore",
    stderr: "ignore",
    env: { LC_ALL: "C", PATH: "/usr/sbin:/usr/bin:/bin" },
  });
  return stdout.toString();
}
