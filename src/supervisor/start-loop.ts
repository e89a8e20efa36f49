import { ForgeError, operationFailed, toForgeError } from "../core/errors.ts";
import type { LoopId } from "../core/ids.ts";
import { startHostedLoop } from "./client.ts";
import { Unreachable } from "./connection.ts";
import { type EnsuredSupervisor, ensureSupervisor, nextSupervisor, START_MS } from "./launch.ts";
import type { StartReason } from "./protocol.ts";
import type { SpawningCaller } from "./spawn-forge.ts";

/** The key in an error's details by which a supervisor says that the next one will answer soon. */
export const HAND_OVER = "hand_over";

/**
 * Starts a runner in the caller's supervisor, which is started on demand; goes with it when it hands over to another one.
 * Returns the supervisor that has the loop now. Throws `forged daemon unavailable: ...`,
 * `failed to start loop via daemon: ...`, or `loop runner "<id>" already running` as `exists`.
 */
export async function startInSupervisor(
  caller: SpawningCaller,
  id: LoopId,
  reason: StartReason,
): Promise<EnsuredSupervisor> {
  const first = await ensureSupervisor(caller, { onDemand: true });
  try {
    await startHostedLoop(first.address, id, reason);
    return first;
  } catch (thrown) {
    if (!isGoing(thrown)) throw startError(thrown);
  }
  const next = await successor(caller, first);
  try {
    await startHostedLoop(next.address, id, reason);
    return next;
  } catch (thrown) {
    throw startError(thrown);
  }
}

/** Whether the supervisor has ended, or will in a moment. */
const isGoing = (thrown: unknown): boolean =>
  thrown instanceof Unreachable || (thrown instanceof ForgeError && thrown.details?.[HAND_OVER] === true);

async function successor(caller: SpawningCaller, { ping }: EnsuredSupervisor): Promise<EnsuredSupervisor> {
  const next = await nextSupervisor(caller, ping.instance_id, START_MS);
  return next ? { ...next, started: false } : ensureSupervisor(caller, { onDemand: true });
}

function startError(thrown: unknown): ForgeError {
  const { kind, message } = toForgeError(thrown);
  if (kind === "exists") return new ForgeError("exists", message, { exit: 2 });
  return operationFailed(`failed to start loop via daemon: ${message}`, { cause: thrown });
}
