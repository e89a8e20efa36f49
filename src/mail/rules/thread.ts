import type { Message } from "./message.ts";
import { type Target, targetText } from "./target.ts";

/** What threads are built from: a message and the box it lies in. */
export interface Placed {
  readonly message: Message;
  readonly target: Target;
}

export interface ThreadEntry<P extends Placed> {
  readonly stored: P;
  /** 0 for the root. */
  readonly depth: number;
}

/**
 * The whole reply tree that a message belongs to, over all targets, parents first (spec/50 section 7.12). `all` is in the
 * order of messages, which is that of answers to one message. A parent that is missing makes its answer a root; where
 * answers go round in a circle, the circle is cut.
 */
export function threadOf<P extends Placed>(start: P, all: readonly P[]): ThreadEntry<P>[] {
  const byId = Map.groupBy(all, ({ message }) => message.id);
  const parents = new Map(all.map((stored) => [stored, parentOf(stored, byId)]));
  const children = Map.groupBy(all, (stored) => parents.get(stored));
  const entries: ThreadEntry<P>[] = [];
  const waiting: ThreadEntry<P>[] = [{ stored: rootOf(start, parents), depth: 0 }];
  const placed = new Set<P>();
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (placed.has(entry.stored)) continue;
    placed.add(entry.stored);
    entries.push(entry);
    const depth = entry.depth + 1;
    const answers = children.get(entry.stored) ?? [];
    waiting.push(...answers.toReversed().map((stored) => ({ stored, depth })));
  }
  return entries;
}

function rootOf<P extends Placed>(start: P, parents: ReadonlyMap<P, P | undefined>): P {
  const passed = new Set<P>();
  let root = start;
  for (let next = parents.get(root); next !== undefined && !passed.has(next); next = parents.get(root)) {
    passed.add(next);
    root = next;
  }
  return root;
}

/** The message that one answers. Where several boxes use its id, the one that the answer can have meant. */
function parentOf<P extends Placed>(answer: P, byId: ReadonlyMap<string, readonly P[]>): P | undefined {
  const candidates = (byId.get(answer.message.replyTo ?? "") ?? []).filter(
    (candidate) => candidate !== answer,
  );
  const inSameBox = candidates.find(({ target }) => targetText(target) === targetText(answer.target));
  const addressed = candidates.find(
    ({ target, message }) => target.name === answer.message.from && message.from === answer.target.name,
  );
  return inSameBox ?? addressed ?? candidates[0];
}
