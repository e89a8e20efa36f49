import { lstatSync } from "node:fs";
import { join } from "node:path";
import { invalid } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import type { Store } from "../../mail/store/store.ts";
import { type Endpoint, parseEndpoint } from "../../mail/wire/endpoint.ts";
import { SOCKET_NAME } from "../../mail/wire/lines.ts";

/**
 * Where to look for the supervisor (spec/50 section 9): what `FMAIL_FORGED` names, else the socket in the store. Undefined when
 * nobody is to be asked. Throws `invalid FMAIL_FORGED: <value>`.
 */
export function endpointOf({ env }: Pick<World, "env">, store: Store): Endpoint | undefined {
  const named = env.FMAIL_FORGED?.trim() ?? "";
  if (named === "off") return undefined;
  if (named === "") return { kind: "unix", path: join(store.folder, SOCKET_NAME) };
  const endpoint = parseEndpoint(named);
  if (endpoint === undefined) throw invalid(`invalid FMAIL_FORGED: ${named}`);
  return endpoint;
}

/** Whether it is worth the attempt: a socket that somebody else put into a shared store would get all mail. */
export function mayBeServed(endpoint: Endpoint): boolean {
  if (endpoint.kind === "tcp") return true;
  const found = lstatSync(endpoint.path, { throwIfNoEntry: false });
  return found?.isSocket() === true && (found.uid === 0 || found.uid === process.getuid?.());
}
