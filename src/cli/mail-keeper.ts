import { agentMailSetting } from "../config/agent-mail.ts";
import type { Config } from "../config/config.ts";
import { mailServerUrl } from "../config/mcp-files.ts";
import type { FlagValues } from "../console/flags.ts";
import type { Output } from "../console/output.ts";
import { type Milliseconds, parseCommandLineDuration } from "../core/duration.ts";
import { invalid } from "../core/errors.ts";
import type { Importance, MailBackend, MailboxMessage, MailboxOwner } from "../core/mailbox.ts";
import type { Instant } from "../core/time.ts";
import type { World } from "../core/world.ts";
import type { mailFlags } from "./registry/mail.ts";

export interface MailDraft {
  readonly project: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly body: string;
  readonly importance: Importance;
  readonly ackRequired: boolean;
}

export interface InboxRequest {
  readonly unreadOnly: boolean;
  readonly since: Instant | undefined;
  /** 0 for all. */
  readonly limit: number;
}

/** Where the mailboxes of a project are kept (spec/30 section 20). */
export interface MailKeeper {
  readonly backend: MailBackend;
  /** One message per recipient, all in a new thread; gives their ids. */
  send(draft: MailDraft): Promise<readonly string[]>;
  inbox(owner: MailboxOwner, request: InboxRequest): Promise<readonly MailboxMessage[]>;
  /** With its body, and read from now on. Throws `message m-<n> not found`. */
  read(owner: MailboxOwner, number: number): Promise<MailboxMessage>;
  /** Gives the moment of the acknowledgement. Throws `message m-<n> not found`. */
  ack(owner: MailboxOwner, number: number): Promise<Instant>;
}

interface Caller {
  readonly config: Config;
  readonly world: World;
  readonly out: Output;
  readonly flags: FlagValues<typeof mailFlags>;
}

const USUAL_LIMIT = 50;
const USUAL_TIMEOUT_MS: Milliseconds = 5000;

/** The database, or the mail server that is named. */
export async function mailKeeper(caller: Caller): Promise<MailKeeper> {
  const { flags, world } = caller;
  const url = flags.url?.trim() || agentMailSetting(world.env, "URL") || mailServerUrl(world.cwd);
  if (!url) return (await import("./local-mail.ts")).localMail(caller);
  return (await import("./mail-server.ts")).mailServer(url, timeoutOf(caller), world);
}

function timeoutOf({ flags, world }: Caller): Milliseconds {
  const set = agentMailSetting(world.env, "TIMEOUT");
  return flags.timeout ?? (set === undefined ? USUAL_TIMEOUT_MS : parseCommandLineDuration(set));
}

export const mailProject = ({ flags, world }: Caller): string =>
  flags.project?.trim() ||
  agentMailSetting(world.env, "PROJECT") ||
  world.env.FORGE_PROJECT?.trim() ||
  "default";

/** Whose mailbox is meant; undefined when nobody is named. */
export const mailAgent = ({ flags, world }: Caller): string | undefined =>
  flags.agent?.trim() || agentMailSetting(world.env, "AGENT") || world.env.FMAIL_AGENT?.trim() || undefined;

/** Throws `--agent is required (or set FORGE_AGENT_MAIL_AGENT)`. */
export function mailboxOwner(caller: Caller): MailboxOwner {
  const agent = mailAgent(caller);
  if (agent === undefined) throw invalid("--agent is required (or set FORGE_AGENT_MAIL_AGENT)");
  return { project: mailProject(caller), agent };
}

/** Throws `--limit must be zero or greater`. */
export function mailLimit({ flags, world }: Caller): number {
  const limit = flags.limit ?? Number(agentMailSetting(world.env, "LIMIT") ?? USUAL_LIMIT);
  if (!Number.isSafeInteger(limit) || limit < 0) throw invalid("--limit must be zero or greater");
  return limit;
}
