import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { Instant } from "../../core/time.ts";
import { idTime } from "../rules/message-id.ts";
import type { Target } from "../rules/target.ts";
import { listBoxes } from "./boxes.ts";
import { newestMessages } from "./page.ts";
import { messagePath, type StoredMessage } from "./read-message.ts";
import { type NewestNames, newestNames } from "./recent-names.ts";
import type { Store } from "./store.ts";

/** How much is in a box, and how fresh it is. Told from file names alone. */
export interface BoxActivity {
  readonly target: Target;
  /** Message files, readable or not. */
  readonly messages: number;
  /** To the second. */
  readonly lastActivity: Instant;
}

/** The boxes of a kind that hold messages, by name (spec/50 section 7.7). */
export const listActivity = (store: Store, kind: Target["kind"]): BoxActivity[] =>
  listBoxes(store, kind).flatMap((target) => {
    const names = newestNames(store, target);
    if (names.count === 0) return [];
    return [{ target, messages: names.count, lastActivity: lastActivity(store, target, names) }];
  });

/** The newest message of a box that can be read. */
export const lastMessage = async (store: Store, target: Target): Promise<StoredMessage | undefined> =>
  (await newestMessages(store, { targets: [target], limit: 1 }))[0];

/** The newest id tells; only where there is none, the files' times of modification. */
function lastActivity(store: Store, target: Target, { ids, others }: NewestNames): Instant {
  const named = idTime(ids.at(-1) ?? "");
  if (named !== undefined) return named;
  const modified = [...others, ...ids.slice(-1)].map((name) => {
    const state = lstatSync(join(store.folder, messagePath(target, name)), { throwIfNoEntry: false });
    return state?.mtimeMs ?? 0;
  });
  return Math.max(0, ...modified);
}
