import { hooksPath } from "../../config/paths.ts";
import { formatDuration, type Milliseconds, parseCommandLineDuration } from "../../core/duration.ts";
import { isOneOf } from "../../core/enum.ts";
import { ForgeError, invalid, toForgeError } from "../../core/errors.ts";
import { FILTERED_ENTITY_TYPES } from "../../core/event-types.ts";
import { type Hook, shownHookJson } from "../../core/hook.ts";
import { newId } from "../../core/ids.ts";
import { checkWebhookSecret } from "../../core/webhook-signature.ts";
import { changeHooks } from "../../supervisor/hooks/hook-store.ts";
import { filterWords } from "../event-filter.ts";
import { hearFromNowOn } from "../hearing-hooks.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { onEventFlags } from "../registry/hooks.ts";

type OnEventInvocation = Invocation<typeof onEventFlags>;

export const run: Run<typeof onEventFlags> = async (invocation) => {
  const { config, world, out } = invocation;
  const target = targetOf(invocation);
  const filters = filtersOf(invocation);
  const timeout = timeoutOf(invocation.flags.timeout);
  const at = world.now();
  const hook: Hook = {
    id: newId<string>(),
    ...target,
    ...filters,
    timeout,
    enabled: !invocation.flags.disabled,
    createdAt: at,
    updatedAt: at,
    others: {},
  };
  const path = hooksPath(config);
  await changeHooks(path, (hooks) => {
    hearFromNowOn(invocation, hooks, hook);
    return { hooks: [...hooks, hook], answer: undefined };
  });
  out.done(`Hook registered: ${hook.id}\nStore: ${path}`, shownHookJson(hook));
};

function targetOf({
  flags,
}: OnEventInvocation): Pick<Hook, "kind" | "command" | "url" | "headers" | "secret" | "secretEnv"> {
  const [command, url] = [flags.cmd?.trim(), flags.url?.trim()];
  if (Boolean(command) === Boolean(url)) throw invalid("exactly one of --cmd or --url is required");
  const headers = Object.fromEntries(flags.header.map(parseHeader));
  const [secret, secretEnv] = [flags.secret?.trim(), flags["secret-env"]?.trim()];
  if (command) {
    if (flags.header.length > 0 || secret || secretEnv)
      throw invalid("invalid flags: --header, --secret and --secret-env are for --url");
    return { kind: "command", command, headers: {} };
  }
  if (!URL.canParse(url ?? "") || !/^https?:/i.test(url ?? ""))
    throw invalid(`invalid --url value: ${JSON.stringify(url)} (expected http://... or https://...)`);
  if (secret && secretEnv) throw invalid("invalid flags: use either --secret or --secret-env, not both");
  if (secret) checkWebhookSecret(secret);
  return { kind: "webhook", url, headers, secret: secret || undefined, secretEnv: secretEnv || undefined };
}

function parseHeader(word: string): [string, string] {
  const at = word.indexOf("=");
  if (at < 0) throw invalid(`invalid header ${JSON.stringify(word)} (expected key=value)`);
  const [name, value] = [word.slice(0, at).trim(), word.slice(at + 1).trim()];
  if (name === "") throw invalid(`invalid header ${JSON.stringify(word)} (empty key)`);
  // Refused when it is registered, not each time that it is called.
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[\r\n\0]/.test(value))
    throw invalid(`invalid header ${JSON.stringify(word)} (no header can be so)`);
  return [name, value];
}

function filtersOf({ flags }: OnEventInvocation): Pick<Hook, "eventTypes" | "entityTypes" | "entityId"> {
  const eventTypes = filterWords(flags.type);
  if (flags.type.length > 0 && eventTypes.length === 0)
    throw new ForgeError("unknown", "event type filter cannot be empty");
  const entityTypes = filterWords(flags["entity-type"]);
  const unknown = flags["entity-type"].find((type) => !isOneOf(FILTERED_ENTITY_TYPES, type.trim()));
  if (unknown !== undefined)
    throw invalid(`invalid entity type: ${unknown}`, { hint: `Valid: ${FILTERED_ENTITY_TYPES.join(", ")}` });
  return { eventTypes, entityTypes, entityId: flags["entity-id"]?.trim() || undefined };
}

function timeoutOf(text: string): Milliseconds {
  try {
    const timeout = parseCommandLineDuration(text.trim());
    if (timeout < 0) throw invalid(`${formatDuration(timeout)} is negative`);
    return timeout;
  } catch (thrown) {
    throw invalid(`invalid --timeout value: ${toForgeError(thrown).message}`);
  }
}
