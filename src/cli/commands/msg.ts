import { resolvePrompt } from "../../config/prompt-reference.ts";
import { printable } from "../../console/printable.ts";
import { ForgeError, invalid } from "../../core/errors.ts";
import type { Loop } from "../../core/loop.ts";
import { pastedName } from "../../core/pasted-name.ts";
import type { QueueRequest } from "../../core/queue.ts";
import { queueItemDraft } from "../../core/queue-payload.ts";
import { isBlank } from "../../core/validation.ts";
import { enqueue } from "../../store/loop-queue.ts";
import { inTransaction } from "../../store/transaction.ts";
import { recoverFromCrash } from "../crash-recovery.ts";
import type { Invocation, Run } from "../invocation.ts";
import { loopsMeant, usesSelector } from "../loop-selection.ts";
import { poke } from "../poke.ts";
import type { msgFlags } from "../registry/verbs.ts";
import { openStore } from "../store-access.ts";

type MsgInvocation = Invocation<typeof msgFlags>;

/** What a steer says that was given no words. */
const INTERRUPT_TEXT = "Operator interrupt";

export const run: Run<typeof msgFlags> = async (invocation) => {
  const { flags, world, out } = invocation;
  if (flags.template && flags.seq)
    throw new ForgeError("unknown", "use either --template or --seq, not both");
  const { reference, ...words } = await readWords(invocation);
  const prepared = await preparedContent(invocation);
  const message = prepared.message ?? words.message;
  if (message === undefined && prepared.steps.length === 0 && !flags["next-prompt"])
    throw invalid("message, --seq, or --next-prompt required");
  const db = openStore(invocation, "read");
  // Every loop gets its items or none does: one that lacks the prompt keeps them all from it.
  const loops = inTransaction(db, () => {
    const meant = loopsMeant(db, reference, flags, world);
    for (const loop of meant)
      enqueue(db, loop.id, draftsFor(loop, { message, steps: prepared.steps }, flags), world.now());
    return meant;
  });
  await recoverFromCrash(invocation, db);
  await poke(invocation, loops);
  out.done(`Queued message for ${loops.length} loop(s)`, { loops: loops.length, queued: true });
  noteStopped(invocation, loops);
};

interface Words {
  readonly reference?: string | undefined;
  /** Undefined: none, which a blank one counts as. */
  readonly message?: string | undefined;
}

/**
 * Which words name the loop and which are the message: with a selector all of them are the message. Throws
 * `specify a loop or selector` and `message text required`.
 */
async function readWords({ args, flags }: MsgInvocation): Promise<Words> {
  if (usesSelector(flags)) return { message: await messageFrom(args) };
  const [reference, ...words] = args;
  if (!reference) throw new ForgeError("unknown", "specify a loop or selector");
  const message = await messageFrom(words);
  const needsWords = !(flags["next-prompt"] || flags.template || flags.seq);
  if (message === undefined && needsWords)
    throw invalid("message text required", { hint: `forge msg ${reference} "..."` });
  return { reference, message };
}

/** The words as one text; a single `-` stands for what comes on standard input. */
async function messageFrom(words: readonly string[]): Promise<string | undefined> {
  const text = words.length === 1 && words[0] === "-" ? await Bun.stdin.text() : words.join(" ");
  return isBlank(text) ? undefined : text;
}

/** What a template or sequence adds; neither is loaded for a message of plain words. */
interface PreparedContent {
  readonly message?: string | undefined;
  readonly steps: readonly QueueRequest[];
}

async function preparedContent(invocation: MsgInvocation): Promise<PreparedContent> {
  const { template, seq, var: variables } = invocation.flags;
  if (!template && !seq) return { steps: [] };
  const { sequenceSteps, templateMessage } = await import("../prepared-content.ts");
  if (seq) return { steps: await sequenceSteps(invocation, seq, variables) };
  return { message: await templateMessage(invocation, template ?? "", variables), steps: [] };
}

/** Throws `prompt not found: <v>` for a prompt that the loop's repository does not have. */
function draftsFor({ repoPath }: Loop, { message, steps }: PreparedContent, flags: MsgInvocation["flags"]) {
  const prompt = flags["next-prompt"];
  const requests: QueueRequest[] = [];
  if (prompt) {
    const path = resolvePrompt(repoPath, prompt);
    requests.push({ type: "next_prompt_override", payload: { prompt: path, is_path: true } });
  }
  requests.push(...steps);
  if (flags.now) requests.push({ type: "steer_message", payload: { message: message ?? INTERRUPT_TEXT } });
  else if (message !== undefined) requests.push({ type: "message_append", payload: { text: message } });
  return requests.map(queueItemDraft);
}

/** A person may not know that nobody is there to read the message. */
function noteStopped({ out, world }: MsgInvocation, loops: readonly Loop[]): void {
  if (out.quiet || out.isJson || !world.isTerminal(2)) return;
  for (const loop of loops.filter(({ state }) => state === "stopped" || state === "error"))
    out.note(
      `note: loop "${printable(loop.name)}" is ${loop.state}; what was queued waits for: forge resume ${printable(pastedName(loop))}`,
    );
}
