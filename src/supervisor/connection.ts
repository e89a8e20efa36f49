import type { Milliseconds } from "../core/duration.ts";
import { ForgeError, operationFailed } from "../core/errors.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { SupervisorAddress } from "./address.ts";

/** Nobody listens at the address, or does not answer in time. */
export class Unreachable extends Error {}

export interface RequestOptions {
  readonly body?: JsonObject;
  readonly timeoutMs: Milliseconds;
}

/**
 * Sends one request and returns what the supervisor answers, undefined for an empty answer. Throws `Unreachable`, or the
 * ForgeError that the supervisor sent.
 */
export async function request(
  address: SupervisorAddress,
  method: "GET" | "POST",
  path: string,
  { body, timeoutMs }: RequestOptions,
): Promise<unknown> {
  const response = await send(address, path, {
    method,
    signal: AbortSignal.timeout(timeoutMs),
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  throw sentError(answer) ?? operationFailed(`forged answered with status ${response.status}`);
}

/** The body of an endless answer. Throws `Unreachable`, as reading on does when the supervisor goes away. */
export async function* openStream(
  address: SupervisorAddress,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { ok, body } = await send(address, path, { signal });
  if (!ok || body === null) throw new Unreachable("no stream");
  try {
    yield* body;
  } catch (thrown) {
    throw new Unreachable(reasonOf(thrown), { cause: thrown });
  }
}

/** Throws `Unreachable`. */
async function send(address: SupervisorAddress, path: string, init: RequestInit): Promise<Response> {
  try {
    if (address.kind === "socket")
      return await fetch(`http://forged${path}`, { ...init, unix: address.path });
    const headers = { authorization: `Bearer ${address.token}` };
    return await withoutProxy(() => fetch(`${address.origin}${path}`, { ...init, headers }));
  } catch (thrown) {
    throw new Unreachable(reasonOf(thrown), { cause: thrown });
  }
}

/** A proxy would be given the token. The runtime reads these variables at the call, and has no other way to leave it out. */
function withoutProxy<T>(call: () => T): T {
  const { NO_PROXY, no_proxy } = process.env;
  process.env.NO_PROXY = process.env.no_proxy = "*";
  try {
    return call();
  } finally {
    restore("NO_PROXY", NO_PROXY);
    restore("no_proxy", no_proxy);
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.name === "TimeoutError") return "no answer in time";
  const code = "code" in thrown ? String(thrown.code) : "";
  return REASONS[code] ?? thrown.message;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection closed",
  ENOENT: "no such socket",
};

/** The error of an envelope (spec/20 section 3). */
function sentError(answer: unknown): ForgeError | undefined {
  const error = isJsonObject(answer) ? answer.error : undefined;
  if (!isJsonObject(error) || typeof error.message !== "string") return undefined;
  const { message, hint, details } = error;
  return new ForgeError(kindOf(error.code), message, {
    hint: typeof hint === "string" ? hint : undefined,
    details: isJsonObject(details) ? details : undefined,
  });
}

function kindOf(code: unknown): ForgeError["kind"] {
  switch (code) {
    case "ERR_INVALID":
      return "invalid";
    case "ERR_NOT_FOUND":
      return "not_found";
    case "ERR_EXISTS":
      return "exists";
    default:
      return "operation";
  }
}
