import { ISSUE_SKILL, TICKET_QUICK_REFERENCE } from "./issue-skill.ts";
import { FMAIL_QUICK_REFERENCE, MAIL_SKILL } from "./mail-skill.ts";
import { END_OF_SESSION_CHECKLIST, SESSION_SKILL, WORKFLOW_SKILL } from "./session-skills.ts";

/** The skills that Forge brings: files by their path in the tree. */
export const BUILTIN_SKILLS: ReadonlyMap<string, string> = new Map([
  ["agent-communication/SKILL.md", MAIL_SKILL],
  ["agent-communication/references/fmail-quickref.md", FMAIL_QUICK_REFERENCE],
  ["issue-tracking/SKILL.md", ISSUE_SKILL],
  ["issue-tracking/references/tk-quickref.md", TICKET_QUICK_REFERENCE],
  ["session-protocol/SKILL.md", SESSION_SKILL],
  ["session-protocol/references/end-session-checklist.md", END_OF_SESSION_CHECKLIST],
  ["workflow-pattern/SKILL.md", WORKFLOW_SKILL],
]);
