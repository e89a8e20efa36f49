export const ISSUE_SKILL = `\
---
name: issue-tracking
description: Find work, take it and finish it with the ticket tool tk. Use it at the start and at the end of every task.
metadata:
  short-description: Tickets with tk
---

# Working with tickets

1. \`tk ready\` lists what can be worked on now; take the first that fits.
2. \`tk show <id>\` before you start: read all of it, and what it depends on.
3. \`tk start <id>\` when you begin, so that nobody else takes it.
4. \`tk close <id>\` when it is done and tested, not before.
5. The ticket files belong to the code: commit them together with the change that they describe.

What you find on the way and do not mend now becomes a ticket of its own. See references/tk-quickref.md.
`;

export const TICKET_QUICK_REFERENCE = `\
# tk in short

| to | command |
|---|---|
| list what can be worked on | \`tk ready\` |
| read a ticket | \`tk show <id>\` |
| take it | \`tk start <id>\` |
| finish it | \`tk close <id>\` |
| write a new one | \`tk create "title"\` |
| list all | \`tk ls\` |
`;
