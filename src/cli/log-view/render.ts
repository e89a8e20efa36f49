/**
 * `log-view` turns the raw lines of a loop's log into what a person reads (spec/20 section 16.3): stages over single
 * lines, each with its state in an object of its own, so that following a log goes on where the last look ended.
 * In here: how log lines are read, classified, coloured, cut to their tail and followed. Not in here: which loops are
 * meant, and flags.
 */
import { AgentStream } from "./agent-stream.ts";
import type { Brush } from "./brush.ts";
import { type DiffState, diffLine, interruptDiff, newDiffState, releaseChanges } from "./diff.ts";
import { type FoldState, foldedNotice, isFolded, newFoldState } from "./fold.ts";
import { isInLayer, type Layer } from "./layers.ts";
import type { LogLine } from "./log-line.ts";
import { paintSectionLine } from "./section-style.ts";
import { newSectionState, nextSection, type SectionState } from "./sections.ts";
import { needsSeparator, newSeparatorState, SEPARATOR, type SeparatorState } from "./separator.ts";
import { readableLines } from "./stream-conversion.ts";

/** Changed lines of a diff that may wait for their partner while a log is followed (spec/20 section 16.3 c). */
export const HELD_WHEN_FOLLOWING = 256;
/** The same for a log that is shown once, where nobody waits: bounds the memory. */
export const HELD_WHEN_SHOWN_ONCE = 100_000;

export interface RenderSettings {
  readonly brush: Brush;
  /** Show only the first line of thinking blocks and code fences. */
  readonly compact: boolean;
  readonly layer: Layer;
  /** Changed lines of a diff that may wait for their partner. */
  readonly heldLimit: number;
}

/** All that is remembered between two lines of one log. */
export interface RenderState {
  readonly stream: AgentStream;
  readonly sections: SectionState;
  readonly separator: SeparatorState;
  readonly fold: FoldState;
  readonly diff: DiffState;
}

export const newRenderState = (): RenderState => ({
  stream: new AgentStream(),
  sections: newSectionState(),
  separator: newSeparatorState(),
  fold: newFoldState(),
  diff: newDiffState(),
});

/** The lines to be shown after one more raw line, without its line end. */
export function renderLine(state: RenderState, raw: string, settings: RenderSettings): string[] {
  return readableLines(state.stream, raw, settings.brush).flatMap((line) =>
    renderReadable(state, line, settings),
  );
}

function renderReadable(state: RenderState, line: LogLine, settings: RenderSettings): string[] {
  const { brush, compact, layer, heldLimit } = settings;
  const section = nextSection(state.sections, line);
  if (!isInLayer(layer, section)) return [];
  if (compact && isFolded(state.fold, section)) return [];
  const before = showFolded(state, brush);
  if (needsSeparator(state.separator, section)) before.push(...showDim(state, SEPARATOR, brush));

  const shown = line.isConverted ? line.own : paintSectionLine(section, line.text, brush);
  const now =
    shown === undefined
      ? diffLine(state.diff, line, heldLimit, brush)
      : interruptDiff(state.diff, shown, brush);
  return [...before, ...now];
}

/** Shows what waits for a line that may not come for long; the next line starts a new run of changes. */
export const releaseHeld = (state: RenderState, { brush }: RenderSettings): string[] =>
  releaseChanges(state.diff, brush);

/** What remains to be shown behind the last line. */
export const endRendering = (state: RenderState, { brush }: RenderSettings): string[] => [
  ...releaseChanges(state.diff, brush),
  ...showFolded(state, brush),
];

function showFolded(state: RenderState, brush: Brush): string[] {
  const notice = foldedNotice(state.fold);
  return notice === undefined ? [] : showDim(state, notice, brush);
}

/** A line of our own between those of the log. */
const showDim = (state: RenderState, text: string, brush: Brush): string[] =>
  interruptDiff(state.diff, brush.token("timestamp", text), brush);
