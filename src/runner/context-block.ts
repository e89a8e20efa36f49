import { printable } from "../console/printable.ts";
import { cutAtBytes } from "../core/cut-text.ts";
import type { LoopKv } from "../core/loop-kv.ts";
import type { LoopWorkState } from "../core/loop-work-state.ts";
import type { Reservation } from "../core/reservation.ts";
import { formatTime } from "../core/time.ts";
import { isBlank } from "../core/validation.ts";

const LONGEST_BLOCK_BYTES = 6000;
/** Tasks shown under `Recent`. */
export const RECENT_TASKS = 8;
/** Locks of others shown under `Locks`. */
const SHOWN_LOCKS = 10;

const COMMANDS = `CLI:
- forge work set <task-id> --status in_progress --detail "..."  (defaults to $FORGE_LOOP_ID)
- forge work current
- forge work clear
- forge mem set <key> "<value>"  (defaults to $FORGE_LOOP_ID)
`;

/** For loops whose agents may say how far they are. */
const VERDICT_COMMAND = `- forge verdict done|blocked --reason "..."
`;

/** What a loop has stored for its agent, and what others have claimed. */
export interface LoopContext {
  /** The current task first, then the newest. */
  readonly work: readonly LoopWorkState[];
  /** By key. */
  readonly memory: readonly LoopKv[];
  /** Those of other agents in its repository; none when left out. */
  readonly locks?: readonly Reservation[];
  /** Whether the agent is told how to give a verdict. */
  readonly asksVerdict?: boolean;
}

export const EMPTY_CONTEXT: LoopContext = { work: [], memory: [] };

/** Whether there is nothing to tell that an agent would miss. */
export const isEmptyContext = ({ work, memory, locks = [], asksVerdict }: LoopContext): boolean =>
  work.length === 0 && memory.length === 0 && locks.length === 0 && !asksVerdict;

/** The block that stands behind every prompt (spec/10 section 6.3): starts with two line feeds, ends with one. */
export function contextBlock({ work, memory, locks = [], asksVerdict = false }: LoopContext): string {
  const current = work.find(({ isCurrent }) => isCurrent);
  const sections = [
    ...section("Current", current ? [currentLine(current)] : []),
    ...section("Recent", work.slice(0, RECENT_TASKS).map(recentLine)),
    ...section(
      "Mem",
      memory.map(({ key, value }) => `- ${key}: ${value}`),
    ),
    ...section("Locks", locks.toSorted(byExpiry).slice(0, SHOWN_LOCKS).map(lockLine)),
    asksVerdict ? COMMANDS + VERDICT_COMMAND : COMMANDS,
  ];
  return truncated(`\n\n## Loop Context (persistent)\n\n${sections.join("")}`);
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:\n${lines.join("\n")}\n\n`];

const currentLine = (task: LoopWorkState): string =>
  `- ${task.taskId} [${task.status}] agent=${task.agentId} iter=${task.loopIteration}` +
  ` updated=${formatTime(task.updatedAt)}${detail(task)}`;

const recentLine = (task: LoopWorkState): string =>
  `- ${task.isCurrent ? "* " : ""}${task.taskId} [${task.status}]${detail(task)}`;

/** What ends next first; what has no end last. */
const byExpiry = (a: Reservation, b: Reservation): number =>
  (a.expiresAt ?? Number.MAX_SAFE_INTEGER) - (b.expiresAt ?? Number.MAX_SAFE_INTEGER);

// Each is one line, whatever the other agent wrote.
const lockLine = ({ pathPattern, agent, expiresAt, reason }: Reservation): string =>
  printable(
    `- ${pathPattern} held by ${agent} until ${expiresAt === undefined ? "released" : formatTime(expiresAt)}` +
      (isBlank(reason) ? "" : `: ${reason.trim()}`),
  );

const detail = ({ detail: text }: LoopWorkState): string =>
  text === undefined || isBlank(text) ? "" : ` | ${text.trim()}`;

function truncated(block: string): string {
  const cut = cutAtBytes(block, LONGEST_BLOCK_BYTES);
  return cut === block ? block : `${cut.replace(/\n+$/, "")}\n(truncated)\n`;
}
