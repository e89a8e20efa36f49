import type { MessageVariable } from "./message-variables.ts";
import type { Sequence } from "./sequence.ts";
import type { SequenceStep } from "./sequence-step.ts";

const step = (type: SequenceStep["type"], fields: Partial<SequenceStep>): SequenceStep => ({
  type,
  content: "",
  duration: "",
  when: "",
  reason: "",
  expression: "",
  ...fields,
});
const message = (content: string) => step("message", { content });
const pause = (duration: string, reason: string) => step("pause", { duration, reason });
const whenIdle = (content: string) => step("conditional", { when: "idle", content });

const required = (name: string, description: string): MessageVariable => ({
  name,
  description,
  default: "",
  required: true,
});

/** The sequences that Forge brings. */
export const BUILTIN_SEQUENCES: readonly Sequence[] = [
  {
    name: "bugfix",
    description: "Reproduce, fix and verify a bug",
    tags: ["bug"],
    variables: [required("issue_id", "the issue to fix")],
    steps: [
      message("Reproduce issue {{.issue_id}} with a test that fails, and name its cause."),
      pause("30s", "let the reproduction settle"),
      whenIdle("Fix the cause of {{.issue_id}} with the smallest change that makes the test pass."),
      pause("30s", "let the fix settle"),
      message("Run the whole test suite, then sum up the cause, the fix and the tests of {{.issue_id}}."),
    ],
  },
  {
    name: "feature",
    description: "Plan, build and test a feature",
    tags: ["feature"],
    variables: [required("feature_name", "the feature to build")],
    steps: [
      message("Plan {{.feature_name}}: name the files to change, the steps and the risks."),
      pause("30s", "let the plan settle"),
      whenIdle("Build {{.feature_name}} after the plan, in small steps."),
      message("Write tests for {{.feature_name}}, its edge cases among them, and run the test suite."),
      message("Sum up {{.feature_name}}: what was built, how it was tested, and what is left."),
    ],
  },
  {
    name: "review-loop",
    description: "Review the changes and mend what is found",
    tags: ["review"],
    variables: [],
    steps: [
      message("Review the recent changes and list what is wrong or missing, the gravest first."),
      pause("30s", "let the review settle"),
      whenIdle("Mend what the review found."),
      pause("20s", "let the changes settle"),
      message("Run the tests, look at the changes once more, and say what is left."),
    ],
  },
];
