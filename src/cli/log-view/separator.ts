import type { SectionKind } from "./section-start.ts";
import type { Section } from "./sections.ts";

const MAJOR: ReadonlySet<SectionKind> = new Set([
  "harness-header",
  "role-marker",
  "diff",
  "code-fence",
  "summary",
  "approval",
  "error-block",
]);

/** The line between two major sections of different kinds. */
export const SEPARATOR = "\u2500".repeat(40);

/** The last major section that was seen. */
export interface SeparatorState {
  last: SectionKind | undefined;
}

export const newSeparatorState = (): SeparatorState => ({ last: undefined });

/** Whether a separator stands above this line. */
export function needsSeparator(state: SeparatorState, { kind, starts }: Section): boolean {
  if (!starts || !MAJOR.has(kind)) return false;
  const differs = state.last !== undefined && state.last !== kind;
  state.last = kind;
  return differs;
}
