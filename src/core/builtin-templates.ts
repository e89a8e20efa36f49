import type { Template } from "./template.ts";

const builtin = (name: string, description: string, tag: string, ...lines: string[]): Template => ({
  name,
  description,
  message: lines.join("\n"),
  variables: [],
  tags: [tag],
});

/** The templates that Forge brings. */
export const BUILTIN_TEMPLATES: readonly Template[] = [
  builtin(
    "commit",
    "Commit changes",
    "git",
    "Commit the changes of this task with a concise message that says what changed and why.",
    "Name in it the tests that you ran, and anything that a reviewer should know.",
  ),
  builtin(
    "continue",
    "Resume current task",
    "resume",
    "Go on with the current task from where you stopped.",
    "If something blocks it, say what it is and what you need.",
  ),
  builtin(
    "explain",
    "Explain current status",
    "status",
    "Sum up the state of the current task: what is done, and where things stand now.",
    "Then list the next steps and whatever blocks them.",
  ),
  builtin(
    "review",
    "Request a review",
    "review",
    "Review the recent changes for correctness and for edge cases that they do not handle.",
    "Point out tests that are missing, and name file and line of each finding.",
  ),
  builtin(
    "test",
    "Run tests",
    "test",
    "Run the test suite and report how many tests passed and failed.",
    "Summarise each failure and its likely cause.",
  ),
];
