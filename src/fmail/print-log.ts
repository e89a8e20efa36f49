import type { Target } from "../mail/rules/target.ts";
import { listAllBoxes } from "../mail/store/boxes.ts";
import { newestMessages } from "../mail/store/page.ts";
import { messagePrinter } from "./display.ts";
import { readFilter } from "./filters.ts";
import { interruptSignal } from "./interrupt.ts";
import type { Invocation } from "./invocation.ts";
import type { OwnMailbox } from "./mailbox.ts";
import { openPost } from "./post.ts";
import type { logFlags } from "./registry/flags.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Prints the newest messages of the boxes that `includes` accepts, oldest first, and with `--follow` goes on with new ones
 * (spec/50 section 7.2).
 */
export async function printLog(
  invocation: Invocation<typeof logFlags>,
  mailbox: OwnMailbox,
  includes: (target: Target) => boolean,
): Promise<void> {
  const { flags, world, out } = invocation;
  if (flags.limit < 0) throw new UsageError("limit must be >= 0");
  const filter = readFilter(flags, world.now());
  const print = messagePrinter(out, world, flags.json);
  const readNewest = () =>
    newestMessages(mailbox.store, {
      targets: listAllBoxes(mailbox.store).filter(includes),
      limit: flags.limit || Number.POSITIVE_INFINITY,
      ...filter,
    });

  if (!flags.follow) {
    for (const stored of await readNewest()) print(stored);
    return;
  }
  // Listens before it reads, so that nothing falls in between.
  using arrivals = await openPost(mailbox, invocation).arrivals({ includes });
  for (const stored of await readNewest()) {
    arrivals.skip(stored);
    print(stored);
  }
  const interrupted = interruptSignal();
  while (!interrupted.aborted) {
    for (const stored of await arrivals.next(interrupted)) if (filter.accepts(stored)) print(stored);
  }
}
