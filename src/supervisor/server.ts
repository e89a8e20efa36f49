import { rmSync } from "node:fs";
import { ForgeError, operationFailed } from "../core/errors.ts";
import { checkAccess, type TcpAddress } from "./guard.ts";
import { errorResponse } from "./http.ts";

/** Bun cuts event streams off otherwise; on unix sockets only the whole server can be told so. */
const NEVER = 0;
const NOT_FOR_OTHERS = 0o177;

export type Answer = (request: Request) => Promise<Response>;

/** Time for answers that are on their way. */
const LAST_ANSWERS_MS = 100;

/**
 * Serves on a unix socket that only its owner can open. A file that an earlier supervisor has left there is removed: the
 * caller holds the lock that makes it the only one. Throws `failed to listen on <path>: <cause>`.
 */
export function listenOnSocket(path: string, answer: Answer): AsyncDisposable {
  const usual = process.umask(NOT_FOR_OTHERS);
  try {
    rmSync(path, { force: true });
    const options = { unix: path, fetch: (request: Request) => answered(request, answer) };
    // The types know no time-out for unix sockets, but there is one.
    const server = Bun.serve(Object.assign<typeof options, object>(options, { idleTimeout: NEVER }));
    return { [Symbol.asyncDispose]: () => stop(server) };
  } catch (thrown) {
    throw operationFailed(`failed to listen on ${path}: ${messageOf(thrown)}`, { cause: thrown });
  } finally {
    process.umask(usual);
  }
}

/**
 * Serves on TCP, to those who know the token. Throws `forged: failed to listen on <host:port>: ...`.
 */
export function listenOnTcp({ hostname, port }: TcpAddress, token: string, answer: Answer): AsyncDisposable {
  try {
    const server = Bun.serve({
      hostname,
      port,
      idleTimeout: NEVER,
      fetch: (request) =>
        answered(request, (checked) => {
          checkAccess(checked, { hostname, port: server.port ?? port }, token);
          return answer(checked);
        }),
    });
    return { [Symbol.asyncDispose]: () => stop(server) };
  } catch (thrown) {
    throw tcpError(`${hostname}:${port}`, thrown);
  }
}

/** Accepts no more, and in a moment ends what is open. */
async function stop(server: Bun.Server<undefined>): Promise<void> {
  await Promise.race([server.stop(), Bun.sleep(LAST_ANSWERS_MS)]);
  await server.stop(true);
}

async function answered(request: Request, answer: Answer): Promise<Response> {
  try {
    return await answer(request);
  } catch (thrown) {
    return errorResponse(thrown);
  }
}

function tcpError(address: string, thrown: unknown): ForgeError {
  const taken = thrown instanceof Error && "code" in thrown && thrown.code === "EADDRINUSE";
  const reason = taken
    ? "address already in use (another process may be bound to this port)"
    : messageOf(thrown);
  return new ForgeError("operation", `forged: failed to listen on ${address}: ${reason}`, {
    exit: 1,
    cause: thrown,
  });
}

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
