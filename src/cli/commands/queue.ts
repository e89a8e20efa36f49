import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { ForgeError, notFound } from "../../core/errors.ts";
import type { QueueItemId } from "../../core/ids.ts";
import type { Loop } from "../../core/loop.ts";
import { pastedName } from "../../core/pasted-name.ts";
import { type QueueItem, queueItemJson } from "../../core/queue.ts";
import { formatTime } from "../../core/time.ts";
import type { Db } from "../../store/database.ts";
import {
  clearQueue,
  findQueueItem,
  listPending,
  listQueue,
  removeQueueItem,
  reorderQueue,
} from "../../store/loop-queue.ts";
import { findLoopByReference } from "../../store/loop-reference.ts";
import { inTransaction } from "../../store/transaction.ts";
import { recoverFromCrash } from "../crash-recovery.ts";
import type { Invocation, Run } from "../invocation.ts";
import { poke } from "../poke.ts";
import type { queueLsFlags, queueMoveFlags } from "../registry/queue.ts";
import { openStore } from "../store-access.ts";

type NoFlags = Record<never, never>;

export const ls: Run<typeof queueLsFlags> = async (invocation) => {
  const { args, flags, out } = invocation;
  const db = openStore(invocation, "read");
  await recoverFromCrash(invocation, db);
  const loop = findLoopByReference(db, args[0] ?? "");
  const items = flags.all ? listQueue(db, loop.id) : listPending(db, loop.id);
  if (out.isJson) return out.jsonList(items.map(queueItemJson));
  out.write(items.length === 0 ? "No queue items\n" : queueTable(items));
};

function queueTable(items: readonly QueueItem[]): string {
  const rows = items.map(({ id, type, status, position, createdAt }) => [
    printable(id),
    printable(type),
    status,
    String(position),
    formatTime(createdAt),
  ]);
  return table(["ID", "TYPE", "STATUS", "POSITION", "CREATED"], rows);
}

export const clear: Run<NoFlags> = async (invocation) => {
  const { args, out } = invocation;
  const db = openStore(invocation, "read");
  const loop = findLoopByReference(db, args[0] ?? "");
  const cleared = clearQueue(db, loop.id);
  await wake(invocation, db, loop);
  out.done(`Cleared ${cleared} item(s)`, { cleared });
};

export const rm: Run<NoFlags> = async (invocation) => {
  const { args, out } = invocation;
  const db = openStore(invocation, "read");
  const loop = findLoopByReference(db, args[0] ?? "");
  const id = removeFrom(db, loop, args[1] ?? "");
  await wake(invocation, db, loop);
  out.done(`Removed item ${printable(id)}`, { removed: id, loop: loop.name });
};

/** Removes an item in any status. Throws `queue item not found in loop`. */
const removeFrom = (db: Db, loop: Loop, word: string): QueueItemId =>
  inTransaction(db, () => {
    const item = findQueueItem(db, word.trim());
    if (item?.loopId !== loop.id) throw notFound("queue item not found in loop", { hint: listHint(loop) });
    removeQueueItem(db, item.id);
    return item.id;
  });

export const move: Run<typeof queueMoveFlags> = async (invocation) => {
  const { args, flags, out } = invocation;
  const target = parseTarget(flags.to);
  const db = openStore(invocation, "read");
  const loop = findLoopByReference(db, args[0] ?? "");
  const id = moveTo(db, loop, args[1] ?? "", target);
  await wake(invocation, db, loop);
  out.done(`Moved item ${printable(id)} to ${target}`, { moved: id, to: target });
};

type Target = "front" | "back";

function parseTarget(word: string): Target {
  const target = word.toLowerCase();
  if (target === "front" || target === "back") return target;
  throw new ForgeError("unknown", `unknown move target ${JSON.stringify(word)}`, {
    hint: "Valid: front, back",
  });
}

/** Puts a waiting item before or behind all others that wait. Throws `no pending items` and `queue item not found`. */
const moveTo = (db: Db, loop: Loop, word: string, target: Target): QueueItemId =>
  inTransaction(db, () => {
    const pending = listPending(db, loop.id).map(({ id }) => id);
    if (pending.length === 0) throw new ForgeError("unknown", "no pending items");
    const moved = pending.find((id) => id === word.trim());
    if (moved === undefined) throw notFound("queue item not found", { hint: listHint(loop) });
    const others = pending.filter((id) => id !== moved);
    reorderQueue(db, loop.id, target === "front" ? [moved, ...others] : [...others, moved]);
    return moved;
  });

async function wake(invocation: Invocation, db: Db, loop: Loop): Promise<void> {
  await recoverFromCrash(invocation, db);
  await poke(invocation, [loop]);
}

const listHint = (loop: Loop): string => `forge queue ls ${pastedName(loop)}`;
