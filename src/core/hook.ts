import { formatDuration, type Milliseconds, parseDuration } from "./duration.ts";
import { isOneOf } from "./enum.ts";
import { concernsEntityType, type Event, eventJson } from "./event.ts";
import { isJsonObject, type JsonObject, omitEmpty, readText } from "./json.ts";
import { redacted } from "./redact.ts";
import { formatTime, type Instant, parseTime } from "./time.ts";

const HOOK_KINDS = ["command", "webhook"] as const;
export type HookKind = (typeof HOOK_KINDS)[number];

/** What is to be done when something happens: an entry of `hooks.json` (spec/30 section 11). */
export interface Hook {
  readonly id: string;
  readonly kind: HookKind;
  /** For `sh -c`; of command hooks. */
  readonly command?: string | undefined;
  /** Of webhooks, as the rest up to `secretEnv`. */
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** `whsec_` and a key in base64. */
  readonly secret?: string | undefined;
  /** The variable that holds such a text. */
  readonly secretEnv?: string | undefined;
  /** None: all. */
  readonly eventTypes: readonly string[];
  readonly entityTypes: readonly string[];
  readonly entityId?: string | undefined;
  readonly enabled: boolean;
  /** 0: none. */
  readonly timeout: Milliseconds;
  readonly createdAt: Instant;
  /** Since when it is as it is; it hears of no event before. */
  readonly updatedAt: Instant;
  /** What other implementations have written beside it. */
  readonly others: JsonObject;
}

const DEFAULT_TIMEOUT_MS: Milliseconds = 30_000;

const HIDDEN = "***";
const SECRET_HEADER = /authorization|cookie|token|secret|key|password/i;
const OWN_KEYS = new Set([
  ...["id", "kind", "command", "url", "headers", "secret", "secret_env", "event_types", "entity_types"],
  ...["entity_id", "enabled", "timeout", "created_at", "updated_at"],
]);

/** As it is stored. */
export const hookJson = (hook: Hook) => ({
  id: hook.id,
  kind: hook.kind,
  command: omitEmpty(hook.command),
  url: omitEmpty(hook.url),
  headers: omitEmpty(hook.headers),
  secret: omitEmpty(hook.secret),
  secret_env: omitEmpty(hook.secretEnv),
  event_types: omitEmpty(hook.eventTypes),
  entity_types: omitEmpty(hook.entityTypes),
  entity_id: omitEmpty(hook.entityId),
  enabled: hook.enabled,
  timeout: formatDuration(hook.timeout),
  created_at: formatTime(hook.createdAt),
  updated_at: formatTime(hook.updatedAt),
  ...hook.others,
});

/** As it is printed: without its secrets. */
export const shownHookJson = (hook: Hook) =>
  hookJson({
    ...hook,
    headers: Object.fromEntries(
      Object.entries(hook.headers).map(([name, value]) => [name, SECRET_HEADER.test(name) ? HIDDEN : value]),
    ),
    secret: hook.secret && HIDDEN,
    secretEnv: hook.secretEnv && HIDDEN,
  });

/** A stored entry. Throws what is wrong with it. */
export function readHook(value: unknown): Hook {
  if (!isJsonObject(value)) throw new Error("a hook is no object");
  const id = readText(value.id);
  if (id === undefined) throw new Error("a hook has no id");
  const [command, url] = [readText(value.command), readText(value.url)];
  const kind = readText(value.kind) ?? (command === undefined ? "webhook" : "command");
  if (!isOneOf(HOOK_KINDS, kind)) throw new Error(`hook ${id} is of an unknown kind`);
  if ((kind === "command" ? command : url) === undefined) throw new Error(`hook ${id} has nothing to call`);
  const createdAt = parseTime(readText(value.created_at)) ?? 0;
  return {
    id,
    kind,
    command,
    url,
    headers: textMap(value.headers),
    secret: readText(value.secret),
    secretEnv: readText(value.secret_env),
    eventTypes: textList(value.event_types),
    entityTypes: textList(value.entity_types),
    entityId: readText(value.entity_id),
    enabled: value.enabled === true,
    timeout: readTimeout(value.timeout),
    createdAt,
    updatedAt: parseTime(readText(value.updated_at)) ?? createdAt,
    others: Object.fromEntries(Object.entries(value).filter(([key]) => !OWN_KEYS.has(key))),
  };
}

/** Other implementations may have written nanoseconds. */
function readTimeout(value: unknown): Milliseconds {
  if (typeof value === "number") return Math.max(0, value / 1e6);
  return typeof value === "string" ? Math.max(0, parseDuration(value)) : DEFAULT_TIMEOUT_MS;
}

const textList = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((element) => typeof element === "string") : [];

const textMap = (value: unknown): Record<string, string> =>
  isJsonObject(value)
    ? Object.fromEntries(
        Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
      )
    : {};

/** Whether a hook is to be told of an event: all of its filters must take it, and it must have been there before. */
export const hookTakes = (hook: Hook, event: Event): boolean =>
  hook.enabled &&
  // Both are stored in whole seconds.
  Math.floor(event.timestamp / 1000) >= Math.floor(hook.updatedAt / 1000) &&
  (hook.eventTypes.length === 0 || hook.eventTypes.includes(event.type)) &&
  (hook.entityTypes.length === 0 || hook.entityTypes.some((type) => concernsEntityType(event, type))) &&
  (hook.entityId === undefined || hook.entityId === event.entityId);

/** What a hook is told of an event: no secret leaves the machine in it. */
export function hookEventJson(event: Event) {
  const { payload, metadata, ...rest } = eventJson(event);
  return { ...rest, payload: redacted(payload), metadata: redacted(metadata) };
}

/** The times after which a webhook that has failed is called again; after the last one it is given up. */
const RETRY_AFTER_MS: readonly Milliseconds[] = [5000, 30_000, 300_000, 3_600_000];
const JITTER = 0.2;

/** How long to wait after so many failed attempts; undefined: no more. `random` is in [0, 1). */
export function retryDelay(attempts: number, random: number): Milliseconds | undefined {
  const delay = RETRY_AFTER_MS[attempts - 1];
  return delay && delay * (1 + JITTER * (2 * random - 1));
}
