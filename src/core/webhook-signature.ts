import { invalid } from "./errors.ts";

const PREFIX = "whsec_";
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Throws `invalid webhook secret (expected whsec_<base64>)`. */
function signingKey(secret: string): Uint8Array {
  const key = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : "";
  if (key === "" || !BASE64.test(key)) throw invalid("invalid webhook secret (expected whsec_<base64>)");
  return Uint8Array.fromBase64(key);
}

export function checkWebhookSecret(secret: string): void {
  signingKey(secret);
}

export interface SignedMessage {
  readonly id: string;
  /** Unix time in seconds. */
  readonly timestamp: number;
  readonly body: string;
}

/** The headers that prove to the receiver who sent a body, and when (Standard Webhooks 1.0). Throws for a bad secret. */
export function signatureHeaders(secret: string, { id, timestamp, body }: SignedMessage) {
  const signature = new Bun.CryptoHasher("sha256", signingKey(secret))
    .update(`${id}.${timestamp}.${body}`)
    .digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${signature}`,
  };
}
