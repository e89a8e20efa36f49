import type { Brush } from "./brush.ts";
import type { LogLine } from "./log-line.ts";
import { startsWithAny } from "./text-start.ts";
import { differingMiddle } from "./word-difference.ts";

/** Where the diff pass stands (spec/20 section 16.3 c). */
export interface DiffState {
  inHunk: boolean;
  /** Changed lines that are not shown yet, because a partner of one of them may still come. */
  held: string[];
  /** How many of `held` were added, less those deleted: 0 when each has its partner. */
  balance: number;
}

const HEADER_STARTS = [
  ...["diff --git ", "index ", "new file mode ", "deleted file mode ", "old mode ", "new mode "],
  ...["similarity index ", "dissimilarity index ", "rename from ", "rename to ", "copy from ", "copy to "],
  ...["Binary files ", "GIT binary patch", "--- ", "+++ "],
];

export const newDiffState = (): DiffState => ({ inHunk: false, held: [], balance: 0 });

/**
 * The lines that can be shown after one more line of the log. A changed line waits until the same number of lines was
 * added and deleted, the run of changes ends, or `heldLimit` lines wait.
 */
export function diffLine(state: DiffState, line: LogLine, heldLimit: number, brush: Brush): string[] {
  const { text } = line;
  if (state.inHunk && /^[+-]/.test(text) && !startsWithAny(text, HEADER_STARTS)) {
    state.held.push(text);
    state.balance += text.startsWith("+") ? 1 : -1;
    return state.balance === 0 || state.held.length >= heldLimit ? releaseChanges(state, brush) : [];
  }
  const earlier = releaseChanges(state, brush);
  if (text.startsWith("@@")) {
    state.inHunk = true;
    return [...earlier, brush.token("diff-hunk", text)];
  }
  if (startsWithAny(text, HEADER_STARTS)) {
    state.inHunk = false;
    return [...earlier, brush.token("diff-header", text)];
  }
  if (state.inHunk && text.startsWith("\\ No newline at end of file"))
    return [...earlier, brush.token("diff-header", text)];
  // An unchanged line starts with a blank, or was one blank that an editor took off. Anything else is not of the hunk,
  // and a list of `- ` points below it no deletions.
  state.inHunk &&= text === "" || text.startsWith(" ");
  return [...earlier, line.own];
}

/** As `diffLine` for a line that is shown already and belongs to no diff. */
export function interruptDiff(state: DiffState, shown: string, brush: Brush): string[] {
  const earlier = releaseChanges(state, brush);
  state.inHunk = false;
  return [...earlier, shown];
}

/** Shows the changes that were held back: the k-th deleted line of the run against the k-th added one. */
export function releaseChanges(state: DiffState, brush: Brush): string[] {
  const changes = state.held;
  if (changes.length === 0) return [];
  state.held = [];
  state.balance = 0;
  const deleted = changes.filter((change) => change.startsWith("-"));
  const added = changes.filter((change) => change.startsWith("+"));
  let nextDeleted = 0;
  let nextAdded = 0;
  return changes.map((change) =>
    change.startsWith("+")
      ? paintChange(change, deleted[nextAdded++], ADDED, brush)
      : paintChange(change, added[nextDeleted++], DELETED, brush),
  );
}

interface ChangeStyle {
  readonly token: "diff-add" | "diff-del";
  /** SGR of what differs from the partner. */
  readonly strong: string;
  /** Around what differs, where there is no colour. */
  readonly brackets: readonly [open: string, close: string];
}

const ADDED: ChangeStyle = { token: "diff-add", strong: "1;92", brackets: ["{+", "+}"] };
const DELETED: ChangeStyle = { token: "diff-del", strong: "1;91", brackets: ["[-", "-]"] };

function paintChange(line: string, partner: string | undefined, style: ChangeStyle, brush: Brush): string {
  if (partner === undefined) return brush.token(style.token, line);
  // Behind the signs.
  const { start, end } = differingMiddle(line, partner, 1);
  if (start === end) return brush.token(style.token, line);
  const middle = line.slice(start, end);
  const [open, close] = style.brackets;
  return [
    brush.token(style.token, line.slice(0, start)),
    brush.color ? brush.paint(style.strong, middle) : `${open}${middle}${close}`,
    brush.token(style.token, line.slice(end)),
  ].join("");
}
