import { startsErrorBlock } from "./error-block.ts";
import { startsWithAny } from "./text-start.ts";

/** What a line of a log belongs to (spec/20 section 16.3 b). */
export type SectionKind =
  | "code-fence"
  | "json-event"
  | "harness-header"
  | "approval"
  | "thinking"
  | "role-marker"
  | "tool-call"
  | "diff"
  | "summary"
  | "error-block"
  | "status-line"
  | "unknown";

/** A line as the start tests look at it. */
interface Candidate {
  /** Without the blanks before it. */
  readonly text: string;
  /** Without the blanks on either side. */
  readonly trimmed: string;
}

const FENCE = "```";
const HEADER_STARTS = ["OpenAI Codex v", "OpenCode v", "Pi Coding Agent v", "\u256d", "\u2570"];
const APPROVAL = /approval required|awaiting approval/i;
const ROLES = new Set(["user", "codex", "exec", "assistant", "system"]);
const TOOL_STARTS = ["tool:", "action:", "mcp:", "\u25cf "];
const DIFF_STARTS = ["diff --git ", "--- a/", "+++ b/", "--- /dev/null", "+++ /dev/null"];

/** In the order in which they are tried. */
const TESTS: readonly (readonly [SectionKind, (line: Candidate) => boolean])[] = [
  ["code-fence", ({ text }) => text.startsWith(FENCE)],
  ["json-event", ({ trimmed }) => trimmed.startsWith('{"type":')],
  ["harness-header", ({ trimmed }) => startsWithAny(trimmed, HEADER_STARTS)],
  ["approval", ({ text }) => APPROVAL.test(text)],
  ["thinking", ({ trimmed }) => trimmed === "thinking"],
  ["role-marker", ({ trimmed }) => ROLES.has(trimmed)],
  ["tool-call", ({ text }) => startsWithAny(text, TOOL_STARTS)],
  ["diff", ({ text }) => startsDiff(text)],
  ["summary", ({ trimmed }) => trimmed === "tokens used"],
  ["error-block", ({ text }) => startsErrorBlock(text)],
  ["status-line", ({ trimmed }) => isStatusLine(trimmed)],
];

/** The kind of section that a line starts, as long as no block is open. */
export function startKind(line: string): SectionKind {
  const candidate = { text: line.trimStart(), trimmed: line.trim() };
  return TESTS.find(([, test]) => test(candidate))?.[0] ?? "unknown";
}

/** Whether a line without leading blanks starts a diff. */
export const startsDiff = (text: string): boolean => startsWithAny(text, DIFF_STARTS);

/** `[2026-01-02T03:04:05Z] ...`, told by the length and the dashes of the date. */
function isStatusLine(trimmed: string): boolean {
  if (!trimmed.startsWith("[") || trimmed.length <= 22) return false;
  const end = trimmed.indexOf("]");
  return end > 20 && trimmed[5] === "-" && trimmed[8] === "-";
}
