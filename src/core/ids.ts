import type { Instant } from "./time.ts";

/** Ids are opaque UUID v4 texts; the brand keeps a loop id from being passed where a run id belongs. */
declare const brand: unique symbol;
export type Id<Name extends string> = string & { readonly [brand]: Name };

export type LoopId = Id<"loop">;
export type RunId = Id<"run">;
export type QueueItemId = Id<"queue item">;
export type ProfileId = Id<"profile">;
export type PoolId = Id<"pool">;
export type EventId = Id<"event">;
export type NodeId = Id<"node">;
export type WorkspaceId = Id<"workspace">;
export type AgentId = Id<"agent">;
export type AgentQueueItemId = Id<"agent queue item">;
export type AccountId = Id<"account">;
export type ApprovalId = Id<"approval">;
export type UsageRecordId = Id<"usage record">;

/** A new random id. The cast gives the text its brand; nothing else makes ids. */
export const newId = <T extends string>(): T => crypto.randomUUID() as string as T;

const MOST_IN_ORDER = 0xfff;

/**
 * A new id in the form of UUID v4 that sorts by time and then by its number within that millisecond (0 to 4095); the rest
 * is random. For what is paged by time and id, where times are whole seconds.
 */
export function orderedId<T extends string>(now: Instant, number: number): T {
  const time = Math.max(0, Math.floor(now)).toString(16).padStart(12, "0");
  const order = Math.min(number, MOST_IN_ORDER).toString(16).padStart(3, "0");
  // The brand, as in newId.
  return `${time.slice(0, 8)}-${time.slice(8)}-4${order}${crypto.randomUUID().slice(18)}` as string as T;
}

const SHORT_ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
export const SHORT_ID_LENGTH = 8;

/** 8 characters of `a-z0-9`, each uniformly random from the cryptographic source. Uniqueness is the store's to check. */
export function randomShortId(): string {
  const limit = 256 - (256 % SHORT_ID_ALPHABET.length);
  let text = "";
  while (text.length < SHORT_ID_LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(16))) {
      if (byte < limit && text.length < SHORT_ID_LENGTH)
        text += SHORT_ID_ALPHABET[byte % SHORT_ID_ALPHABET.length];
    }
  }
  return text;
}

/** Whether a stored or given short id is acceptable: 6-9 ASCII letters and digits. */
export const isShortId = (text: string): boolean => /^[A-Za-z0-9]{6,9}$/.test(text);

/** The short id shown for a row: the stored one, else the first 8 characters of the id. */
export const shownShortId = (shortId: string, id: string): string => shortId || id.slice(0, SHORT_ID_LENGTH);
