import { ExitCode } from "../console/program.ts";
import type { Message } from "../mail/rules/message.ts";
import type { Draft } from "../mail/store/send-message.ts";
import { messageJson, messageLine, screenOf } from "./display.ts";
import type { Invocation } from "./invocation.ts";
import type { OwnMailbox } from "./mailbox.ts";
import { type Arrivals, EVERYTHING, openPost } from "./post.ts";

/** No answer came within the time of `--wait`. */
const NO_ANSWER = 3;

interface Sending extends Pick<Invocation, "world" | "out"> {
  readonly flags: { readonly wait: number | undefined; readonly json: boolean };
}

/** Sends a message and prints its id or, with `--wait`, the first answer to it (spec/50 sections 7.1 and 7.12). */
export async function sendAndPrint(draft: Draft, mailbox: OwnMailbox, sending: Sending): Promise<void> {
  const { flags, world, out } = sending;
  const post = openPost(mailbox, sending);
  if (flags.wait === undefined) {
    const { message } = await post.send(draft);
    out.line(flags.json ? messageJson(message, 2) : message.id);
    return;
  }
  // Listens before it speaks: an answer may come at once.
  using arrivals = await post.arrivals({ includes: () => true, wire: EVERYTHING });
  const { message } = await post.send(draft);
  out.note(message.id);
  const answer = await firstAnswer(arrivals, message.id, AbortSignal.timeout(flags.wait));
  if (answer === undefined) throw new ExitCode(NO_ANSWER);
  out.line(flags.json ? messageJson(answer, 2) : messageLine(answer, screenOf(world)));
}

async function firstAnswer(
  arrivals: Arrivals,
  id: string,
  signal: AbortSignal,
): Promise<Message | undefined> {
  while (!signal.aborted) {
    const answer = (await arrivals.next(signal)).find(({ message }) => message.replyTo === id);
    if (answer) return answer.message;
  }
  return undefined;
}
