import type { Event } from "../../core/event.ts";
import { type Hook, hookEventJson } from "../../core/hook.ts";
import { formatTime } from "../../core/time.ts";
import type { World } from "../../core/world.ts";
import { detachedEnvironment, type Environment } from "../../process/environment.ts";
import { runCommand } from "../../process/run-command.ts";
import { callWebhook } from "./call-webhook.ts";

/** What became of a call; `isGone`: the receiver wants no more of them. */
export type CallResult =
  | { readonly failure?: undefined }
  | { readonly failure: string; readonly isGone?: boolean; readonly isCut?: boolean };

export interface CallOptions {
  readonly world: Pick<World, "env" | "now">;
  /** Cuts it short. */
  readonly signal: AbortSignal;
  /** Gets what a command prints. */
  readonly onOutput?: ((bytes: Uint8Array) => void) | undefined;
}

/** Tells a hook of an event, within its time limit. Never throws. */
export async function callHook(hook: Hook, event: Event, options: CallOptions): Promise<CallResult> {
  const body = JSON.stringify(hookEventJson(event));
  if (hook.kind === "webhook") return callWebhook(hook, event.id, body, options);
  return callCommand(hook, event, body, options);
}

async function callCommand(
  { command = "", timeout }: Hook,
  event: Event,
  body: string,
  { world, signal, onOutput }: CallOptions,
): Promise<CallResult> {
  try {
    const env = { ...detachedEnvironment(world.env), ...eventVariables(event, body) };
    const { exitCode, timedOut, output } = await runCommand({
      ...{ command, env, timeout, signal, onOutput },
      input: body,
    });
    if (exitCode === 0 && !timedOut) return {};
    const why = timedOut
      ? "timed out"
      : exitCode === undefined
        ? "ended by a signal"
        : `exit status ${exitCode}`;
    const lastLine = output.trimEnd().split("\n").at(-1)?.trim();
    return { failure: lastLine ? `${why}: ${lastLine}` : why, isCut: signal.aborted };
  } catch (thrown) {
    return { failure: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** The system takes no variable that is longer than 128 KiB; standard input has all of it. */
const LONGEST_PAYLOAD = 100_000;

/** The event in variables, under the names of earlier generations too; empty ones are left out. */
function eventVariables(event: Event, body: string): Environment {
  const { payload } = JSON.parse(body);
  const payloadJson = payload === undefined ? "" : JSON.stringify(payload);
  const values = {
    EVENT_ID: event.id,
    EVENT_TIMESTAMP: formatTime(event.timestamp),
    EVENT_TYPE: event.type,
    ENTITY_TYPE: event.entityType,
    ENTITY_ID: event.entityId,
    EVENT_PAYLOAD: Buffer.byteLength(payloadJson) <= LONGEST_PAYLOAD ? payloadJson : "",
  };
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== "")
      .flatMap(([name, value]) => [
        [`FORGE_${name}`, value],
        [`SWARM_${name}`, value],
      ]),
  );
}
