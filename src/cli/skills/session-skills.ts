export const SESSION_SKILL = `\
---
name: session-protocol
description: End a session so that nothing is lost and the next one can go on. Use it before you stop, whatever the reason.
metadata:
  short-description: Ending a session
---

# Ending a session

Work counts when it is committed and pushed. Before you stop:

1. \`git status\`: know every file that is changed or new.
2. \`git add\` what belongs to the task, by name.
3. \`git commit\` with a message that says what changed and why.
4. \`git push\`.

Leave nothing half-done without a word: say in the commit, the ticket or a message what is left. See
references/end-session-checklist.md.
`;

export const END_OF_SESSION_CHECKLIST = `\
# Before the session ends

- [ ] tests were run, and their result is known
- [ ] \`git status\` shows nothing that is forgotten
- [ ] changes are committed with a message that says why
- [ ] commits are pushed
- [ ] the ticket has its true state
- [ ] what is left is written down where the next agent looks
- [ ] locks are given back: \`forge lock release\`
`;

export const WORKFLOW_SKILL = `\
---
name: workflow-pattern
description: Take a task from its beginning to its end in small steps. Use it for every change that takes more than a few minutes.
metadata:
  short-description: From task to change
---

# From task to change

1. Understand: read the task and the code that it touches; ask where it is unclear.
2. Give every task a title, a priority and a type (bug, feature, chore) before work begins.
3. Implement in small steps, each with its test, and keep the repository working after each.
4. Keep the status current while you work: \`forge work set <task> --status in_progress --detail "..."\`.
5. Finish: run the tests, commit, close the task, and say what is left.
`;
