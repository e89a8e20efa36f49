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
