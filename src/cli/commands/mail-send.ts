import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { invalid, operationFailed } from "../../core/errors.ts";
import { IMPORTANCES, type Importance } from "../../core/mailbox.ts";
import { systemReason } from "../../core/system-error.ts";
import { isBlank } from "../../core/validation.ts";
import type { Invocation, Run } from "../invocation.ts";
import { mailAgent, mailKeeper, mailProject } from "../mail-keeper.ts";
import type { mailSendFlags } from "../registry/mail.ts";

type SendInvocation = Invocation<typeof mailSendFlags>;

const STANDARD_INPUT = 0;

export const run: Run<typeof mailSendFlags> = async (invocation) => {
  const { flags, out } = invocation;
  const from = flags.from?.trim() || mailAgent(invocation);
  if (!from) throw invalid("sender required (set --from or FORGE_AGENT_MAIL_AGENT)");
  const to = recipients(flags.to);
  if (to.length === 0) throw invalid("--to is required");
  const subject = flags.subject?.trim() ?? "";
  if (subject === "") throw invalid("--subject is required");
  const body = readBody(invocation);
  const importance = importanceOf(flags.priority);
  const project = mailProject(invocation);
  const keeper = await mailKeeper(invocation);
  const ackRequired = flags["ack-required"];
  const ids = await keeper.send({ project, from, to, subject, body, importance, ackRequired });
  const done = keeper.backend === "sqlite" ? "Saved message to local mailbox for" : "Sent message to";
  out.done(`${done} ${to.length} recipient(s)`, {
    ...{ backend: keeper.backend, project, from, to, subject, message_ids: ids },
  });
};

/** Each once, in the spelling that came first. */
function recipients(typed: readonly string[]): string[] {
  const byName = new Map<string, string>();
  for (const name of typed.map((text) => text.trim()))
    if (name !== "" && !byName.has(name.toLowerCase())) byName.set(name.toLowerCase(), name);
  return [...byName.values()];
}

function readBody({ flags, world }: SendInvocation): string {
  const { body, file, stdin } = flags;
  const given = [!isBlank(body), Boolean(file), stdin].filter(Boolean).length;
  if (given > 1) throw invalid("choose only one body source: --body, --file, or --stdin");
  const text = file ? readText(resolve(world.cwd, file), file) : stdin ? readText(STANDARD_INPUT) : body;
  if (text === undefined || isBlank(text))
    throw invalid("message body required (--body, --file, or --stdin)");
  return text;
}

function readText(place: string | number, name = "standard input"): string {
  try {
    return readFileSync(place, "utf8");
  } catch (thrown) {
    throw operationFailed(`failed to read message from ${name}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

function importanceOf(typed: string): Importance {
  const found = IMPORTANCES.find((importance) => importance === typed.trim().toLowerCase());
  if (found === undefined) throw invalid("invalid priority (use low, normal, high, or urgent)");
  return found;
}
