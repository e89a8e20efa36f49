import { ftruncateSync, readSync, writeSync } from "node:fs";
import type { Instant } from "../../core/time.ts";
import { isMessageId, LAST_NUMBER, messageId, secondOf, splitId } from "../rules/message-id.ts";
import { boxesWith } from "./boxes.ts";
import type { Store } from "./store.ts";

/** An id and the moment that it was given at. */
export interface GivenId {
  readonly id: string;
  readonly at: Instant;
}

/** A clock that was set back by more than this is believed; up to it, ids go on from the last one. */
const MAX_STEP_BACK_MS = 60_000;

/**
 * Gives the next id of the store: higher than every id given before, and not in use in any box. To be called with the lock of
 * the store held; `file` is the lock's file. Waits for the next second when all 9999 numbers of this one are taken.
 */
export async function nextId(store: Store, file: number): Promise<GivenId> {
  let given = following(readLast(file), store.now());
  while (boxesWith(store, given.id).length > 0 || splitId(given.id).number > LAST_NUMBER) {
    if (splitId(given.id).number >= LAST_NUMBER) await Bun.sleep(1000 - (given.at % 1000));
    given = following(given, store.now());
  }
  writeLast(file, given);
  return given;
}

/** The id after the last one. Time does not run backwards between them, so that order by id is order by time. */
function following(last: GivenId | undefined, now: Instant): GivenId {
  const goesOn = last !== undefined && last.at > now && last.at - now < MAX_STEP_BACK_MS;
  const at = goesOn ? last.at : now;
  const second = secondOf(at);
  const lastParts = last === undefined ? undefined : splitId(last.id);
  const number = lastParts?.second === second ? lastParts.number + 1 : 1;
  return { id: messageId(second, number), at };
}

/** What the file says, or nothing where its last writer died in the middle: then the boxes show what is taken. */
function readLast(file: number): GivenId | undefined {
  const bytes = Buffer.alloc(64);
  const [id = "", at = ""] = bytes
    .toString("latin1", 0, readSync(file, bytes, 0, bytes.length, 0))
    .split(/\s/);
  return isMessageId(id) && /^\d{1,15}$/.test(at) ? { id, at: Number(at) } : undefined;
}

function writeLast(file: number, { id, at }: GivenId): void {
  const written = writeSync(file, `${id} ${at}\n`, 0);
  ftruncateSync(file, written);
}
