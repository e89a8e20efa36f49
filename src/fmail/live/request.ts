import { operationFailed } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import { projectId, storedProjectId } from "../../mail/project/project-file.ts";
import { jsonText, type Writable } from "../../mail/rules/json-text.ts";
import type { WireFailure } from "../../mail/wire/answers.ts";
import type { Endpoint } from "../../mail/wire/endpoint.ts";
import type { OwnMailbox } from "../mailbox.ts";

/** What every request says (spec/50 section 10.1), and what this one says beside it. */
export function requestLine(
  command: "send" | "watch" | "relay",
  fields: readonly (readonly [string, Writable | undefined])[],
  { store, root, self }: OwnMailbox,
  endpoint: Endpoint,
  world: World,
): string {
  requests++;
  const token = world.env.FORGE_DAEMON_TOKEN?.trim();
  const common: [string, Writable | undefined][] = [
    ["cmd", command],
    // A socket has only one; before its first message it has no id that two would derive alike.
    ["project_id", endpoint.kind === "unix" ? storedProjectId(store) : projectId(store, root, world)],
    ["agent", self],
    ["host", store.host],
    ["req_id", `req-${world.now() * 1_000_000}-${requests}`],
    // On a socket everybody who gets in may be there.
    ["token", endpoint.kind === "tcp" ? token || undefined : undefined],
  ];
  const given = [...common, ...fields].filter(
    (entry): entry is readonly [string, Writable] => entry[1] !== undefined,
  );
  return `${jsonText(new Map(given), 0)}\n`;
}

let requests = 0;

/** Whether a supervisor says that it does not know this project, which on TCP only means that it is another one's. */
export const isForeignSupervisor = (failure: WireFailure | undefined, endpoint: Endpoint): boolean =>
  endpoint.kind === "tcp" && failure?.code === "invalid_project";

/** The error that a refusal becomes (spec/50 section 9.1). */
export function refused(failure: WireFailure | undefined): Error {
  if (failure === undefined) return operationFailed("forged: unknown error");
  const { code, message } = failure;
  return operationFailed(message === "" ? `forged: forged error (${code})` : `forged: ${message} (${code})`);
}
