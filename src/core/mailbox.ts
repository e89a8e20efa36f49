import { invalid } from "./errors.ts";
import { formatTime, type Instant } from "./time.ts";

export const IMPORTANCES = ["low", "normal", "high", "urgent"] as const;
export type Importance = (typeof IMPORTANCES)[number];

/** A message in an agent's mailbox (spec/30 section 20). */
export interface MailboxMessage {
  readonly number: number;
  readonly threadId?: string | undefined;
  readonly from: string;
  readonly subject: string;
  /** Undefined where it was not asked for. */
  readonly body?: string | undefined;
  readonly createdAt: Instant;
  /** Another writer's words are kept. */
  readonly importance: string;
  readonly ackRequired: boolean;
  readonly readAt?: Instant | undefined;
  readonly ackedAt?: Instant | undefined;
}

/** Where mailboxes are kept: in the database, or by a server. */
export type MailBackend = "sqlite" | "mcp";

/** Whose mailbox, in which project. */
export interface MailboxOwner {
  readonly project: string;
  readonly agent: string;
}

export const mailId = (number: number): string => `m-${number}`;

/** Reads `m-3`, `M-3` or `3`. Throws `invalid message id: <text>`. */
export function parseMailId(text: string): number {
  const [, digits] = /^(?:m-)?(\d{1,15})$/i.exec(text.trim()) ?? [];
  if (digits === undefined) throw invalid(`invalid message id: ${text}`);
  return Number(digits);
}

export function mailStatus({ ackRequired, ackedAt, readAt }: MailboxMessage): "acked" | "read" | "unread" {
  if (ackRequired && ackedAt !== undefined) return "acked";
  return readAt === undefined && ackedAt === undefined ? "unread" : "read";
}

export const mailMessageJson = (message: MailboxMessage, backend: MailBackend) => ({
  id: mailId(message.number),
  thread_id: message.threadId,
  from: message.from,
  subject: message.subject,
  body: message.body,
  created_at: formatTime(message.createdAt),
  importance: message.importance === "normal" ? undefined : message.importance,
  ack_required: message.ackRequired || undefined,
  read_at: timeText(message.readAt),
  acked_at: timeText(message.ackedAt),
  backend,
});

const timeText = (at: Instant | undefined) => (at === undefined ? undefined : formatTime(at));
