import { continuesErrorBlock } from "./error-block.ts";
import type { LogLine } from "./log-line.ts";
import { type SectionKind, startKind, startsDiff } from "./section-start.ts";
import { startsWithAny } from "./text-start.ts";
import { opensTranscript, type TranscriptRole, transcriptRole } from "./transcript.ts";

/** What a line belongs to. */
export interface Section {
  readonly kind: SectionKind;
  /** Whether the line is the first of its section. */
  readonly starts: boolean;
  /** For lines of kind `unknown` inside the transcript of a command. */
  readonly transcript?: TranscriptRole;
}

/** What was begun above the next line. */
export interface SectionState {
  open: OpenBlock | undefined;
  inTranscript: boolean;
}

interface OpenBlock {
  readonly kind: BlockKind;
  /** Length of a code fence's opening run of backticks. */
  readonly ticks: number;
}

const BLOCK_KINDS = [
  "code-fence",
  "thinking",
  "harness-header",
  "diff",
  "summary",
  "approval",
  "error-block",
] as const;
type BlockKind = (typeof BLOCK_KINDS)[number];

const ENDS_THINKING: ReadonlySet<SectionKind> = new Set([
  "role-marker",
  "tool-call",
  "code-fence",
  "harness-header",
  "json-event",
  "diff",
  "summary",
  "approval",
]);

const CONFIG_STARTS = [
  ..."\u2502\u256d\u2570",
  "workdir:",
  "model:",
  "provider:",
  "approval:",
  "sandbox:",
  "reasoning effort:",
  "session id:",
  "session_id:",
  "profile:",
  "harness:",
  "Status:",
  "Task:",
  "Configuration loaded from",
];
const DIFF_CONTINUATIONS = ["@@ ", "index ", "new file mode", " "];
const APPROVAL_END = /approved by operator|rejected|press \[y\]/i;

export const newSectionState = (): SectionState => ({ open: undefined, inTranscript: false });

/** The section of the next line; `state` goes on to the line after it. */
export function nextSection(state: SectionState, line: LogLine): Section {
  const block = state.open;
  if (block && continues(block.kind, line)) {
    if (closes(block, line.text)) state.open = undefined;
    return { kind: block.kind, starts: false };
  }
  const kind = line.isConverted ? "unknown" : startKind(line.text);
  state.open = opened(kind, line.text);
  const transcript = kind === "unknown" && !line.isConverted ? nextRole(state, line.text) : undefined;
  state.inTranscript = transcript !== undefined;
  return transcript === undefined ? { kind, starts: true } : { kind, starts: true, transcript };
}

/** The role of an unknown line in the transcript that is open or that it opens. */
function nextRole(state: SectionState, text: string): TranscriptRole | undefined {
  const role = transcriptRole(text);
  return state.inTranscript || opensTranscript(role) ? role : undefined;
}

function opened(kind: SectionKind, text: string): OpenBlock | undefined {
  if (!isBlockKind(kind)) return undefined;
  const block = { kind, ticks: kind === "code-fence" ? leadingTicks(text.trimStart()) : 0 };
  // A question and its answer on one line would otherwise take in all that follows.
  return kind === "approval" && closes(block, text) ? undefined : block;
}

const isBlockKind = (kind: SectionKind): kind is BlockKind =>
  (BLOCK_KINDS as readonly SectionKind[]).includes(kind);

function continues(kind: BlockKind, { text, isConverted }: LogLine): boolean {
  switch (kind) {
    case "code-fence":
    case "approval":
      return true;
    case "thinking":
      return !isConverted && !ENDS_THINKING.has(startKind(text));
    case "harness-header":
      return !isConverted && isConfigLine(text.trim());
    case "diff":
      return !isConverted && isDiffLine(text);
    case "summary":
      return !isConverted && /^[\d,. ]+$/.test(text);
    case "error-block":
      return !isConverted && continuesErrorBlock(text);
    default:
      return kind satisfies never;
  }
}

/** Whether the line is the last of its block. */
function closes({ kind, ticks }: OpenBlock, text: string): boolean {
  if (kind === "approval") return APPROVAL_END.test(text);
  if (kind !== "code-fence") return false;
  const trimmed = text.trim();
  const run = leadingTicks(trimmed);
  return run >= ticks && run === trimmed.length;
}

function leadingTicks(text: string): number {
  let count = 0;
  while (text[count] === "`") count++;
  return count;
}

const isConfigLine = (trimmed: string): boolean =>
  /^-{3,}$/.test(trimmed) || startsWithAny(trimmed, CONFIG_STARTS);

function isDiffLine(line: string): boolean {
  if (startsDiff(line.trimStart()) || startsWithAny(line, DIFF_CONTINUATIONS)) return true;
  return /^(?:\+(?!\+\+)|-(?!--))/.test(line);
}
