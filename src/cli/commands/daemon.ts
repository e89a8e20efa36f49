import { ExitCode } from "../../console/program.ts";
import { operationFailed } from "../../core/errors.ts";
import { resumeHeldLoops, shutDownSupervisor, supervisorStatus } from "../../supervisor/client.ts";
import {
  type EnsuredSupervisor,
  ensureSupervisor,
  findLivingSupervisor,
  nextSupervisor,
} from "../../supervisor/launch.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { daemonStartFlags } from "../registry/daemon.ts";

/** The exit code of `status` for a supervisor that does not run, as that of service managers (spec/10 section 17). */
const NOT_RUNNING = 3;

export const start: Run<typeof daemonStartFlags> = async (invocation) => {
  const resume = !invocation.flags["no-resume"];
  const ensured = await ensureSupervisor(invocation, { onDemand: false, resume });
  const resumed = ensured.started
    ? ensured.ping.resumed
    : resume
      ? await resumeHeldLoops(ensured.address)
      : 0;
  tellStarted(invocation, ensured, resumed);
};

export const restart: Run<Record<never, never>> = async (invocation) => {
  const running = await findLivingSupervisor(invocation);
  if (running === undefined) {
    const ensured = await ensureSupervisor(invocation, { onDemand: false });
    return tellStarted(invocation, ensured, ensured.ping.resumed);
  }
  await shutDownSupervisor(running.address, "handover");
  const next =
    (await nextSupervisor(invocation, running.ping.instance_id)) ??
    (await ensureSupervisor(invocation, { onDemand: false }));
  const { pid, version, instance_id } = next.ping;
  if (instance_id === running.ping.instance_id)
    throw operationFailed(`failed to restart forged (pid ${pid})`);
  invocation.out.done(`forged restarted (pid ${pid})`, { restarted: true, pid, version });
};

export const status: Run<Record<never, never>> = async (invocation) => {
  const { out } = invocation;
  const found = (await findLivingSupervisor(invocation)) && (await supervisorStatus(invocation));
  if (found === undefined) {
    out.done("forged is not running", { running: false });
    throw new ExitCode(NOT_RUNNING);
  }
  const { version, uptime_seconds, pid, socket, loops, runs } = found;
  const uptime = shortUptime(uptime_seconds);
  out.done(`forged ${version} up ${uptime} (pid ${pid}) on ${socket}, loops=${loops.total}, runs=${runs}`, {
    ...found,
    running: true,
  });
};

function tellStarted({ out }: Invocation, { started, ping }: EnsuredSupervisor, resumed: number): void {
  const { pid, version } = ping;
  const what = started ? "forged started" : "forged already running";
  const loops = resumed > 0 ? `, resumed ${resumed} loop(s)` : "";
  out.done(`${what} (pid ${pid})${loops}`, {
    running: true,
    started,
    pid,
    version,
    socket: ping.socket,
    resumed,
  });
}

/** The largest unit is enough: `45s`, `3m`, `7h`, `12d`. */
function shortUptime(seconds: number): string {
  const units = [
    ["d", 86_400],
    ["h", 3_600],
    ["m", 60],
  ] as const;
  const [unit, size] = units.find(([, unitSeconds]) => seconds >= unitSeconds) ?? ["s", 1];
  return `${Math.floor(seconds / size)}${unit}`;
}
