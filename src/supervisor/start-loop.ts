import { ForgeError, operationFailed, toForgeError } from "../core/errors.ts";
import type { LoopId } from "../core/ids.ts";
import { isAboutLiveRunner } from "../core/live-runner.ts";
import { startHostedLoop } from "./client.ts";
import { Unreachable } from "./connection.ts";
import { type EnsuredSupervisor, ensureSupervisor, nextSupervisor } from "./launch.ts";
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
    if (thrown instanceof Unreachable) return startAgain(caller, id, reason);
    if (!handsOver(thrown)) throw startError(thrown);
  }
  const next = await nextSupervisor(caller, first.ping.instance_id);
  if (next === undefined) return startAgain(caller, id, reason);
  await startHostedLoop(next.address, id, reason).catch((thrown) => {
    throw startError(thrown);
  });
  return { ...next, started: false };
}

/** After a supervisor that has gone in the middle of the request: it may have had the loop already. */
async function startAgain(
  caller: SpawningCaller,
  id: LoopId,
  reason: StartReason,
): Promise<EnsuredSupervisor> {
  const ensured = await ensureSupervisor(caller, { onDemand: true });
  try {
    await startHostedLoop(ensured.address, id, reason);
  } catch (thrown) {
    const error = startError(thrown);
    if (error.kind !== "exists") throw error;
  }
  return ensured;
}

const handsOver = (thrown: unknown): boolean =>
  thrown instanceof ForgeError && thrown.details?.[HAND_OVER] === true;

function startError(thrown: unknown): ForgeError {
  const error = toForgeError(thrown);
  if (isAboutLiveRunner(error)) return error;
  const { kind, message } = error;
  if (kind === "exists") return new ForgeError("exists", message, { exit: 2 });
  return operationFailed(`failed to start loop via daemon: ${message}`, { cause: thrown });
}
