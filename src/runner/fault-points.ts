import type { World } from "../core/world.ts";

/**
 * The places where a crash would hurt most, in the order in which a pass comes to them. Tests kill the runner at each of
 * them and look whether the next one makes everything right.
 */
export const FAULT_POINTS = [
  "started",
  "planned",
  "before-claim",
  "after-claim",
  "before-spawn",
  "after-spawn",
  "recorded-spawn",
  "interrupting",
  "after-exit",
  "before-settle",
  "after-settle",
  "after-ledger",
  "after-record",
  "sleeping",
] as const;

/** The same, where the agent of a run has given a verdict. */
export const VERDICT_FAULT_POINTS = ["before-verdict", "after-gate"] as const;

export type FaultPoint = (typeof FAULT_POINTS)[number] | (typeof VERDICT_FAULT_POINTS)[number];

/** Called at a place in the code; does nothing outside of tests. */
export type FaultPoints = (point: FaultPoint) => void;

/**
 * `FORGE_FAULT=<point>` makes the process kill itself when it comes to that point for the first time,
 * `FORGE_FAULT=<point>:stop` makes it stand still there until it is continued.
 */
export function faultPointsFrom(env: World["env"]): FaultPoints {
  const [wanted, action] = (env.FORGE_FAULT ?? "").split(":");
  if (!wanted) return () => {};
  const signal = action === "stop" ? "SIGSTOP" : "SIGKILL";
  let isDue = true;
  return (point) => {
    if (point !== wanted || !isDue) return;
    isDue = false;
    process.kill(process.pid, signal);
  };
}
