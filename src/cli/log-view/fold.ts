import type { Section } from "./sections.ts";

/** How `--compact` names the lines that it folds away, by the kind of their block. */
const FOLDED: { readonly [kind in Section["kind"]]?: string } = {
  thinking: "thinking",
  "code-fence": "code",
};

/** Lines of the open block that were folded away since its first line. */
export interface FoldState {
  count: number;
  what: string;
}

export const newFoldState = (): FoldState => ({ count: 0, what: "" });

/** Whether a line is folded away: it goes on with a block of which only the first line is shown. */
export function isFolded(state: FoldState, section: Section): boolean {
  const what = FOLDED[section.kind];
  if (what === undefined || section.starts) return false;
  state.count++;
  state.what = what;
  return true;
}

/** What stands for the lines folded away so far, which are then accounted for; undefined when there are none. */
export function foldedNotice(state: FoldState): string | undefined {
  if (state.count === 0) return undefined;
  const notice = `  ... (${state.count} ${state.what} lines collapsed)`;
  state.count = 0;
  return notice;
}
