import { describe, expect, test } from "bun:test";
import { type SectionKind, startKind } from "../../../src/cli/log-view/section-start.ts";
import { newSectionState, nextSection } from "../../../src/cli/log-view/sections.ts";

const kindsOf = (lines: readonly string[]): string[] => {
  const state = newSectionState();
  return lines.map((text) => {
    const { kind, transcript } = nextSection(state, { text, own: text, isConverted: false });
    return transcript ? `${kind}:${transcript}` : kind;
  });
};

describe("20 section 16.3 b: a line starts", () => {
  const cases: [kind: SectionKind, lines: string[]][] = [
    ["code-fence", ["```", "```ts", "  ````"]],
    ["json-event", ['{"type":"x"}', '  {"type":', '{"type":"thinking"}']],
    ["harness-header", ["OpenAI Codex v0.1", "OpenCode v1", "Pi Coding Agent v2", "\u256d---", " \u2570--"]],
    ["approval", ["APPROVAL REQUIRED", "-- approval required --", "Awaiting Approval: rm"]],
    ["thinking", ["thinking", "  thinking "]],
    ["role-marker", ["user", "codex", "exec", "assistant", "system", " user "]],
    ["tool-call", ["tool: bash", "action:x", "mcp: y", "\u25cf Read(x)"]],
    [
      "diff",
      ["diff --git a/x b/x", "--- a/x", "+++ b/x", "--- /dev/null", "+++ /dev/null", "  diff --git a/x b/x"],
    ],
    ["summary", ["tokens used", " tokens used "]],
    [
      "error-block",
      [
        "error: x",
        "Error: x",
        "error[E0308]: x",
        "panic: x",
        "panicked at x",
        "FAIL src/a.test.ts",
        "Traceback (most recent call last):",
        "unexpected concurrent change",
        "TypeError: x",
        "ValueErrorX: y",
        "IoException: z",
        "MyError::Parse: z",
        "  Error: indented",
      ],
    ],
    ["status-line", ["[2026-01-02T03:04:05Z] run x start", "  [2026-01-02T03:04:05Z] x"]],
    [
      "unknown",
      [
        "",
        "thinking about it",
        "users",
        "``",
        "\u25cfno blank",
        "error",
        "java.lang.NullPointerException: x",
        "An Error: x",
        "TypeError without colon",
        "[2026-01-02T03:04:05Z",
        "[2026-01-02] too short",
        "[2026/01/02T03:04:05Z] x",
        "--- x",
      ],
    ],
  ];
  for (const [kind, lines] of cases)
    for (const line of lines)
      test(`${kind}: ${JSON.stringify(line)}`, () => expect(startKind(line)).toBe(kind));
});

describe("20 section 16.3 b: an open block", () => {
  const cases: [rule: string, ...steps: [line: string, kind: string][]][] = [
    [
      "code-fence lasts until a line of only as many backticks or more",
      ["````md", "code-fence"],
      ["```", "code-fence"],
      ["user", "code-fence"],
      ["````` x", "code-fence"],
      [" `````", "code-fence"],
      ["user", "role-marker"],
    ],
    [
      "thinking swallows status lines, errors and text",
      ["thinking", "thinking"],
      ["[2026-01-02T03:04:05Z] x", "thinking"],
      ["error: x", "thinking"],
      ["", "thinking"],
      ["thinking", "thinking"],
      ["$ ls", "thinking"],
      ["codex", "role-marker"],
    ],
    ["thinking ends at a tool call", ["thinking", "thinking"], ["tool: x", "tool-call"], ["a", "unknown"]],
    ["thinking ends at a fence", ["thinking", "thinking"], ["```", "code-fence"]],
    ["thinking ends at a harness header", ["thinking", "thinking"], ["OpenCode v1", "harness-header"]],
    ["thinking ends at a json event", ["thinking", "thinking"], ['{"type":"x"}', "json-event"]],
    ["thinking ends at a diff", ["thinking", "thinking"], ["--- a/x", "diff"]],
    ["thinking ends at a summary", ["thinking", "thinking"], ["tokens used", "summary"]],
    ["thinking ends at an approval", ["thinking", "thinking"], ["APPROVAL REQUIRED", "approval"]],
    [
      "harness-header lasts over configuration and separator lines",
      ["OpenAI Codex v0.1", "harness-header"],
      ["--------", "harness-header"],
      ["workdir: /x", "harness-header"],
      ["model: gpt", "harness-header"],
      ["provider: x", "harness-header"],
      ["approval: never", "harness-header"],
      ["sandbox: off", "harness-header"],
      ["reasoning effort: high", "harness-header"],
      ["session id: 1", "harness-header"],
      ["session_id: 1", "harness-header"],
      ["profile: x", "harness-header"],
      ["harness: x", "harness-header"],
      ["Status: x", "harness-header"],
      ["Task: x", "harness-header"],
      ["Configuration loaded from x", "harness-header"],
      ["\u2502 box", "harness-header"],
      ["---", "harness-header"],
      ["--", "unknown"],
      ["model: gpt", "unknown"],
    ],
    [
      "diff lasts over diff lines",
      ["diff --git a/x b/x", "diff"],
      ["index 1..2", "diff"],
      ["new file mode 100644", "diff"],
      ["--- a/x", "diff"],
      ["+++ b/x", "diff"],
      ["@@ -1 +1 @@", "diff"],
      ["-error: x", "diff"],
      ["+", "diff"],
      [" user", "diff"],
      ["user", "role-marker"],
    ],
    ["diff ends at three signs that are no header", ["--- a/x", "diff"], ["---x", "unknown"]],
    [
      "summary lasts over numbers",
      ["tokens used", "summary"],
      ["12,345.6 7", "summary"],
      ["done", "unknown"],
    ],
    [
      "approval lasts until it is answered",
      ["APPROVAL REQUIRED", "approval"],
      ["user", "approval"],
      ["Approved By Operator", "approval"],
      ["user", "role-marker"],
    ],
    [
      "approval ends when rejected",
      ["awaiting approval", "approval"],
      ["was Rejected", "approval"],
      ["x", "unknown"],
    ],
    [
      "approval ends at a question",
      ["awaiting approval", "approval"],
      ["press [y] or n", "approval"],
      ["x", "unknown"],
    ],
    [
      "approval that is answered in its own line",
      ["APPROVAL REQUIRED: press [y]", "approval"],
      ["x", "unknown"],
    ],
    [
      "error-block lasts over continuation lines",
      ["error: x", "error-block"],
      ["recovery: x", "error-block"],
      ["Caused By: x", "error-block"],
      ["note: x", "error-block"],
      ["help: x", "error-block"],
      ["  --> src/a.rs:1:2", "error-block"],
      ["goroutine 1 [running]:", "error-block"],
      ["thread 'main' panicked", "error-block"],
      ["[signal SIGSEGV]", "error-block"],
      ['  File "x.py", line 3', "error-block"],
      ["  at foo (src/a.ts:1:2)", "error-block"],
      ["    user", "error-block"],
      [" at one blank", "unknown"],
    ],
    [
      "a transcript opens at a prompt and lasts over unknown lines",
      ["before", "unknown"],
      ["$ ls", "unknown:prompt"],
      ["a.ts", "unknown:output"],
      ["stderr: x", "unknown:stderr"],
      ["exit code: 1", "unknown:exit"],
      ["after", "unknown:output"],
      ["user", "role-marker"],
      ["after", "unknown"],
    ],
    [
      "a transcript opens at an exit line",
      ["Process exited with code 0", "unknown:exit"],
      ["x", "unknown:output"],
    ],
    ["stderr alone opens no transcript", ["stderr: x", "unknown"], ["2> x", "unknown"]],
    [
      "arrows may stand alone",
      ["\u276f", "unknown:prompt"],
      ["\u279c x", "unknown:prompt"],
      ["% x", "unknown:prompt"],
    ],
    ["no prompts", ["$x", "unknown"], [">> x", "unknown"], ["\u276fx", "unknown"], [">", "unknown"]],
  ];
  for (const [rule, ...steps] of cases)
    test(rule, () => expect(kindsOf(steps.map(([line]) => line))).toEqual(steps.map(([, kind]) => kind)));
});
