/**
 * How commands talk to the supervisor. Nothing here starts one: see `launch.ts`. What is written to the database comes first,
 * then the word to the supervisor; where that word is lost, its own look at the database makes up for it.
 */

import { supervisorLockPath } from "../config/paths.ts";
import type { Milliseconds } from "../core/duration.ts";
import { ForgeError, operationFailed } from "../core/errors.ts";
import type { LoopId } from "../core/ids.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { isHeld } from "../process/file-lock.ts";
import { type SupervisorAddress, type SupervisorCaller, supervisorAddress } from "./address.ts";
import { request, Unreachable } from "./connection.ts";
import {
  API,
  type HostedLoop,
  isPing,
  type Ping,
  type ShutdownAnswer,
  type ShutdownMode,
  type StartAnswer,
  type StartReason,
  type StopAnswer,
  type SupervisorStatus,
} from "./protocol.ts";

/** A poke must not hold up the command that sends it (spec/10 section 16). */
const POKE_MS: Milliseconds = 100;
/** A supervisor answers within milliseconds; on a machine with much to do it may take longer. */
const ANSWER_MS: Milliseconds = 2000;
/** Added to the time that a request asks the supervisor to wait. */
const MARGIN_MS: Milliseconds = 1000;
/** What `kill` waits for a run to be settled, as the API's own default. */
const STOP_WAIT_MS: Milliseconds = 4000;

/** A supervisor that has answered. */
export interface FoundSupervisor {
  readonly address: SupervisorAddress;
  readonly ping: Ping;
}

/**
 * Whether a supervisor of this data directory lives, although it may be starting or ending. Costs a few system calls and
 * contacts nobody.
 */
export const isSupervisorAlive = ({ config }: SupervisorCaller): boolean =>
  isHeld(supervisorLockPath(config));

/** The supervisor of the caller's data directory, or the one that the environment names; undefined when none answers. */
export async function findSupervisor(caller: SupervisorCaller): Promise<FoundSupervisor | undefined> {
  const address = supervisorAddress(caller);
  const ping = address && (await ask(address, "GET", "/v1/ping"));
  return address && isPing(ping) ? { address, ping } : undefined;
}

/** `GET /v1/status`; undefined when no supervisor answers. */
export async function supervisorStatus(caller: SupervisorCaller): Promise<SupervisorStatus | undefined> {
  const status = await askCallers(caller, "GET", "/v1/status");
  // A supervisor's ping and status are made by one function.
  return isPing(status) ? (status as SupervisorStatus) : undefined;
}

/**
 * The loops that the supervisor hosts; undefined when none answers. A loop whose `instance_id` is not that of its row is
 * not the one that the row tells of.
 */
export async function listHostedLoops(caller: SupervisorCaller): Promise<readonly HostedLoop[] | undefined> {
  const loops = await askCallers(caller, "GET", "/v1/loops");
  return Array.isArray(loops) ? loops : undefined;
}

/**
 * Tells the supervisor that the rows or queues of these loops have changed (without ids: of any loop). Fire and forget:
 * takes at most 100 ms, and whether it arrived makes no difference but to the latency. Call it after the commit.
 */
export async function pokeLoops(caller: SupervisorCaller, ids?: readonly LoopId[]): Promise<void> {
  if (ids?.length === 0) return;
  await askCallers(caller, "POST", "/v1/poke", { ...(ids && { loops: ids }) }, POKE_MS);
}

export interface StopOptions {
  /** Ends the run as `kill` does; without it the loop is only woken to read its queue. */
  readonly force: boolean;
  /** How long the answer may wait for the run to be settled; 4 s when not given. */
  readonly waitMs?: Milliseconds;
}

/** `POST /v1/loops/<id>/stop`. Undefined when no supervisor answers: then the caller must end the harness itself. */
export async function stopHostedLoop(
  caller: SupervisorCaller,
  id: LoopId,
  { force, waitMs = STOP_WAIT_MS }: StopOptions,
): Promise<StopAnswer | undefined> {
  const body = { force, wait_ms: waitMs };
  const answer = await askCallers(caller, "POST", `/v1/loops/${id}/stop`, body, waitMs + MARGIN_MS);
  // `ended` is all that a caller decides by.
  return isJsonObject(answer) && typeof answer.ended === "boolean"
    ? (answer as unknown as StopAnswer)
    : undefined;
}

/**
 * `POST /v1/loops/<id>/start`: a runner that begins anew. Throws what the supervisor says (`loop '<id>' not found`,
 * `loop runner "<id>" already running`), or `Unreachable`.
 */
export async function startHostedLoop(
  address: SupervisorAddress,
  id: LoopId,
  reason: StartReason,
): Promise<StartAnswer> {
  const path = `/v1/loops/${id}/start`;
  // The shape is the supervisor's own, and its API number was compared before.
  return (await request(address, "POST", path, { body: { reason }, timeoutMs: ANSWER_MS })) as StartAnswer;
}

/** `POST /v1/resume`: takes up the loops that `forge daemon stop` has held. Returns how many there were. */
export async function resumeHeldLoops(address: SupervisorAddress): Promise<number> {
  const answer = await request(address, "POST", "/v1/resume", { timeoutMs: ANSWER_MS });
  return isJsonObject(answer) ? Number(answer.resumed) : 0;
}

/** `POST /v1/shutdown`. Throws what the supervisor says; one that has gone without a word has ended. */
export async function shutDownSupervisor(
  address: SupervisorAddress,
  mode: ShutdownMode,
): Promise<ShutdownAnswer> {
  try {
    const answer = await request(address, "POST", "/v1/shutdown", { body: { mode }, timeoutMs: ANSWER_MS });
    return { runs: isJsonObject(answer) ? Number(answer.runs) : 0 };
  } catch (thrown) {
    if (thrown instanceof Unreachable) return { runs: 0 };
    throw thrown;
  }
}

/** Throws `forged speaks api <n>, this forge <m>: ...` when the supervisor speaks another version than this client. */
export function checkApi({ api }: Ping): void {
  if (api === API) return;
  throw operationFailed(`forged speaks api ${api}, this forge ${API}: run forge daemon restart`, {
    hint: "forge daemon restart",
  });
}

async function askCallers(
  caller: SupervisorCaller,
  method: "GET" | "POST",
  path: string,
  body?: JsonObject,
  timeoutMs?: Milliseconds,
): Promise<unknown> {
  const address = supervisorAddress(caller);
  return address && (await ask(address, method, path, body, timeoutMs));
}

/** As `request`, but undefined where nobody answers, or answers that it cannot. */
async function ask(
  address: SupervisorAddress,
  method: "GET" | "POST",
  path: string,
  body?: JsonObject,
  timeoutMs = ANSWER_MS,
): Promise<unknown> {
  try {
    return await request(address, method, path, { ...(body && { body }), timeoutMs });
  } catch (thrown) {
    if (thrown instanceof Unreachable || thrown instanceof ForgeError) return undefined;
    throw thrown;
  }
}
