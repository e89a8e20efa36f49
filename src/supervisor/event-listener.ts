import { type SupervisorCaller, supervisorAddress } from "./address.ts";
import { openStream, Unreachable } from "./connection.ts";

/**
 * Calls `onEvent` whenever the supervisor sends an event of these types, or says that it has left some out; what has
 * changed is to be read from the database. Resolves when the stream ends, at once where no supervisor answers.
 */
export async function listenForEvents(
  caller: SupervisorCaller,
  types: readonly string[],
  onEvent: () => void,
  signal: AbortSignal,
): Promise<void> {
  const address = supervisorAddress(caller);
  if (address === undefined) return;
  const decoder = new TextDecoder();
  try {
    // Lines that begin with a colon keep the stream alive and mean nothing.
    for await (const chunk of openStream(address, `/v1/events?types=${types.join(",")}`, signal))
      if (!decoder.decode(chunk).startsWith(":")) onEvent();
  } catch (thrown) {
    if (!(thrown instanceof Unreachable)) throw thrown;
  }
}
