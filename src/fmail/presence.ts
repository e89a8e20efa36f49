import { readAgent, touchAgent } from "../mail/store/agents.ts";
import { withLock } from "../mail/store/lock.ts";
import type { OwnMailbox } from "./mailbox.ts";

/** An agent counts as active for a minute after it was seen. */
const REFRESH_MS = 30_000;

/** Lets others see that a known agent is here, as long as it watches. An agent without a record gets none by watching. */
export function keepPresent({ store, self }: OwnMailbox): Disposable {
  const refresh = async () => {
    try {
      await withLock(store, async () => {
        if (await readAgent(store, self)) await touchAgent(store, self);
      });
    } catch {
      // Watching works without it.
    }
  };
  void refresh();
  const timer = setInterval(refresh, REFRESH_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
