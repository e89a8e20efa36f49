import type { MailboxMessage, MailboxOwner } from "../core/mailbox.ts";
import { formatTime, type Instant, parseTime } from "../core/time.ts";
import { flag, readRequiredTime } from "./columns.ts";
import type { Db } from "./database.ts";
import { insertRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

/** A message before it is stored. */
export interface MailboxDraft extends Pick<MailboxMessage, "subject" | "importance" | "ackRequired"> {
  readonly project: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly threadId: string;
}

/**
 * The shared tables can hold a message only between agents in terminal panes, which have rows that other verbs list; all others
 * are in a table of ours (spec/00, decision 20). The numbers of both are one series as long as Forge alone writes.
 */
export function insertMail(db: Db, draft: MailboxDraft, now: Instant): number {
  return inTransaction(db, () => {
    const number = nextNumber(db);
    const workspace = sharedWorkspace(db, draft);
    if (workspace === undefined) insertOwn(db, number, draft, now);
    else insertShared(db, number, draft, workspace, now);
    return number;
  });
}

function nextNumber(db: Db): number {
  const highest = db
    .query<{ n: number | null }, []>(
      "SELECT max(n) AS n FROM (SELECT max(number) AS n FROM fx_mail_messages UNION ALL SELECT max(rowid) FROM mail_messages)",
    )
    .get();
  return (highest?.n ?? 0) + 1;
}

/** A project is the place of a workspace, its name or its id. */
const IN_PROJECT = "$project IN (w.repo_path, w.name, w.id)";

const sharedWorkspace = (db: Db, { project, from, to }: MailboxDraft): string | undefined =>
  db
    .query<{ id: string }, { project: string; from: string; to: string }>(
      `SELECT w.id FROM agents s JOIN workspaces w ON w.id = s.workspace_id JOIN agents r ON r.id = $to
         WHERE s.id = $from AND (${IN_PROJECT})`,
    )
    .get({ project, from, to })?.id;

/** What both tables call alike. */
const sharedColumns = (draft: MailboxDraft, now: Instant) => ({
  thread_id: draft.threadId,
  subject: draft.subject,
  body: draft.body,
  importance: draft.importance,
  ack_required: flag(draft.ackRequired),
  created_at: formatTime(now),
});

function insertOwn(db: Db, number: number, draft: MailboxDraft, now: Instant): void {
  const { project, from: sender, to: recipient } = draft;
  insertRow(db, "fx_mail_messages", { number, project, sender, recipient, ...sharedColumns(draft, now) });
}

function insertShared(db: Db, number: number, draft: MailboxDraft, workspace: string, now: Instant): void {
  const at = formatTime(now);
  const { threadId: id, subject } = draft;
  db.query(
    `INSERT OR IGNORE INTO mail_threads (id, workspace_id, subject, created_at, updated_at)
       VALUES ($id, $workspace, $subject, $at, $at)`,
  ).run({ id, workspace, subject, at });
  insertRow(db, "mail_messages", {
    rowid: number,
    id: crypto.randomUUID(),
    sender_agent_id: draft.from,
    recipient_type: "agent",
    recipient_id: draft.to,
    ...sharedColumns(draft, now),
  });
}

interface MailRow {
  source: "own" | "shared";
  number: number;
  thread_id: string;
  sender: string | null;
  subject: string | null;
  body: string;
  importance: string;
  ack_required: number;
  read_at: string | null;
  acked_at: string | null;
  created_at: string;
}

/** A message with the table that it is in. */
export interface StoredMail extends MailboxMessage {
  readonly source: MailRow["source"];
}

const toMail = (row: MailRow): StoredMail => ({
  source: row.source,
  number: row.number,
  threadId: row.thread_id,
  from: row.sender ?? "",
  subject: row.subject ?? "",
  body: row.body,
  importance: row.importance,
  ackRequired: row.ack_required !== 0,
  readAt: parseTime(row.read_at),
  ackedAt: parseTime(row.acked_at),
  createdAt: readRequiredTime(row.created_at),
});

/** Names of mailboxes are the same in upper and lower case. */
const MAILBOX = `
  SELECT 'own' AS source, number, thread_id, sender, subject, body, importance, ack_required, read_at, acked_at, created_at
    FROM fx_mail_messages WHERE project = $project AND recipient = $agent COLLATE NOCASE
  UNION ALL
  SELECT 'shared', m.rowid, m.thread_id, m.sender_agent_id, coalesce(m.subject, t.subject), m.body, m.importance,
      m.ack_required, m.read_at, m.acked_at, m.created_at
    FROM mail_messages m JOIN mail_threads t ON t.id = m.thread_id JOIN workspaces w ON w.id = t.workspace_id
    WHERE m.recipient_type = 'agent' AND m.recipient_id = $agent COLLATE NOCASE AND (${IN_PROJECT})`;

export interface InboxQuery {
  readonly unreadOnly: boolean;
  readonly since?: Instant | undefined;
  /** 0 for all. */
  readonly limit: number;
}

/** The newest messages of a mailbox, the oldest of them first. */
export function listMail(
  db: Db,
  owner: MailboxOwner,
  { unreadOnly, since, limit }: InboxQuery,
): StoredMail[] {
  const rows = db
    .query<MailRow, { project: string; agent: string }>(`${MAILBOX} ORDER BY number DESC`)
    .all({ ...owner });
  const wanted = rows
    .map(toMail)
    .filter(
      ({ readAt, ackedAt, createdAt }) =>
        !(unreadOnly && (readAt ?? ackedAt) !== undefined) && createdAt >= (since ?? createdAt),
    );
  return wanted.slice(0, limit || wanted.length).reverse();
}

/** A message of a mailbox; undefined for one of another. */
export function findMail(db: Db, owner: MailboxOwner, number: number): StoredMail | undefined {
  const row = db
    .query<MailRow, { project: string; agent: string; number: number }>(
      `SELECT * FROM (${MAILBOX}) WHERE number = $number ORDER BY source LIMIT 1`,
    )
    .get({ ...owner, number });
  return row === null ? undefined : toMail(row);
}

/** Notes that a message was read or acknowledged; the first time counts. */
export function markMail(db: Db, { source, number }: StoredMail, what: "read" | "acked", now: Instant): void {
  const table = source === "own" ? "fx_mail_messages" : "mail_messages";
  const key = source === "own" ? "number" : "rowid";
  db.query(`UPDATE ${table} SET ${what}_at = coalesce(${what}_at, $at) WHERE ${key} = $number`).run({
    at: formatTime(now),
    number,
  });
}
