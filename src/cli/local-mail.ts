import type { Config } from "../config/config.ts";
import type { Output } from "../console/output.ts";
import { notFound } from "../core/errors.ts";
import { type MailboxOwner, mailId } from "../core/mailbox.ts";
import type { World } from "../core/world.ts";
import type { Db } from "../store/database.ts";
import { findMail, insertMail, listMail, markMail, type StoredMail } from "../store/mailboxes.ts";
import { inTransaction } from "../store/transaction.ts";
import type { MailKeeper } from "./mail-keeper.ts";
import { openStore } from "./store-access.ts";

interface Caller {
  readonly config: Config;
  readonly world: World;
  readonly out: Output;
}

/** The mailboxes in Forge's database. */
export const localMail = (caller: Caller): MailKeeper => ({
  backend: "sqlite",

  send: async ({ to, ...said }) => {
    const db = openStore(caller, "write");
    const threadId = crypto.randomUUID();
    const now = caller.world.now();
    return inTransaction(db, () =>
      to.map((recipient) => mailId(insertMail(db, { ...said, to: recipient, threadId }, now))),
    );
  },

  inbox: async (owner, request) => listMail(openStore(caller, "read"), owner, request),

  read: async (owner, number) => {
    const { db, found } = find(caller, owner, number);
    markMail(db, found, "read", caller.world.now());
    return findMail(db, owner, number) ?? found;
  },

  ack: async (owner, number) => {
    const { db, found } = find(caller, owner, number);
    const now = caller.world.now();
    markMail(db, found, "acked", now);
    return found.ackedAt ?? now;
  },
});

function find(caller: Caller, owner: MailboxOwner, number: number): { db: Db; found: StoredMail } {
  const db = openStore(caller, "read");
  const found = findMail(db, owner, number);
  if (found === undefined) throw notFound(`message ${mailId(number)} not found`);
  return { db, found };
}
