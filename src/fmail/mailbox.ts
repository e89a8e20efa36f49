import { hostname } from "node:os";
import type { Output } from "../console/output.ts";
import type { World } from "../core/world.ts";
import { identity } from "../mail/project/identity.ts";
import { projectRoot, storeFolder } from "../mail/project/root.ts";
import { openStore, type Store } from "../mail/store/store.ts";

/** The mail of the project that a command was called in. */
export interface Mailbox {
  readonly root: string;
  readonly store: Store;
}

/** A mailbox as an agent uses it. */
export interface OwnMailbox extends Mailbox {
  /** Who is calling. */
  readonly self: string;
}

interface Caller {
  readonly world: World;
  readonly out: Output;
}

/** Finds the project; makes nothing. Throws `resolve project root: ...`. */
export function openMailbox({ world, out }: Caller): Mailbox {
  const root = projectRoot(world);
  const store = openStore({
    folder: storeFolder(root),
    now: world.now,
    random: world.random,
    host: hostname(),
    warn: (line) => out.note(line),
  });
  return { root, store };
}

/** As `openMailbox`, and finds out who is calling. Throws also `resolve agent name: ...`. */
export function openOwnMailbox(caller: Caller): OwnMailbox {
  const mailbox = openMailbox(caller);
  return { ...mailbox, self: identity(caller.world) };
}
