import { removeLeftovers } from "../../mail/store/leftovers.ts";
import { findOldMessages, removeFile } from "../../mail/store/old-messages.ts";
import type { Run } from "../invocation.ts";
import { openMailbox } from "../mailbox.ts";
import type { gcFlags } from "../registry/flags.ts";
import { UsageError } from "../usage-error.ts";

const DAY_MS = 86_400_000;

export const run: Run<typeof gcFlags> = async (invocation) => {
  const { flags, world, out } = invocation;
  if (flags.days < 0) throw new UsageError("days must be >= 0");
  const { store } = openMailbox(invocation);
  const before = flags.days === 0 ? Number.POSITIVE_INFINITY : world.now() - flags.days * DAY_MS;
  const old = findOldMessages(store, before);
  if (flags["dry-run"]) {
    out.write(old.map((path) => `${path}\n`).join(""));
    return;
  }
  for (const path of old) removeFile(store, path);
  await removeLeftovers(store, before);
};
