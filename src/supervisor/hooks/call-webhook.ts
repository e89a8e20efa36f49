import type { Hook } from "../../core/hook.ts";
import { networkReason } from "../../core/system-error.ts";
import { signatureHeaders } from "../../core/webhook-signature.ts";
import type { World } from "../../core/world.ts";
import type { CallOptions, CallResult } from "./call-hook.ts";

const GONE = 410;

/** Posts an event. Redirects are not followed: the body is meant for the receiver that was named. Never throws. */
export async function callWebhook(
  hook: Hook,
  eventId: string,
  body: string,
  { world, signal }: CallOptions,
): Promise<CallResult> {
  try {
    const limit = hook.timeout > 0 ? [AbortSignal.timeout(hook.timeout)] : [];
    const response = await fetch(hook.url ?? "", {
      method: "POST",
      redirect: "manual",
      headers: headersOf(hook, signature(hook, eventId, body, world)),
      body,
      signal: AbortSignal.any([signal, ...limit]),
    });
    // What it answers is of no interest, and may be endless.
    await response.body?.cancel();
    const { status } = response;
    if (status < 300) return {};
    return { failure: `status ${status}`, isGone: status === GONE };
  } catch (thrown) {
    return { failure: networkReason(thrown), isCut: signal.aborted };
  }
}

/** The hook's own come last: they may replace the others, whatever their spelling. */
function headersOf(hook: Hook, signed: Readonly<Record<string, string>>): Headers {
  const headers = new Headers({ "Content-Type": "application/json", ...signed });
  for (const [name, value] of Object.entries(hook.headers)) headers.set(name, value);
  return headers;
}

/** Throws when the secret is not to be had. */
function signature(
  { secret, secretEnv }: Hook,
  id: string,
  body: string,
  { env, now }: Pick<World, "env" | "now">,
): Record<string, string> {
  const key = secret ?? (secretEnv && env[secretEnv]);
  if (key) return signatureHeaders(key, { id, timestamp: Math.floor(now() / 1000), body });
  if (secretEnv) throw new Error(`variable ${secretEnv} of the secret is not set`);
  return {};
}
