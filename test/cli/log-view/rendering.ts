import { brushFor } from "../../../src/cli/log-view/brush.ts";
import { paletteFor } from "../../../src/cli/log-view/palette.ts";
import {
  endRendering,
  HELD_WHEN_SHOWN_ONCE,
  newRenderState,
  type RenderSettings,
  renderLine,
} from "../../../src/cli/log-view/render.ts";

export interface Wish extends Partial<Omit<RenderSettings, "brush">> {
  readonly color?: boolean;
  readonly env?: Record<string, string>;
}

export const settingsFor = ({ color = false, env = {}, ...others }: Wish = {}): RenderSettings => ({
  brush: brushFor(color, paletteFor(env)),
  compact: false,
  layer: "raw",
  heldLimit: HELD_WHEN_SHOWN_ONCE,
  ...others,
});

/** All lines that a log of these raw lines shows. */
export function rendered(lines: readonly string[], wish: Wish = {}): string[] {
  const settings = settingsFor(wish);
  const state = newRenderState();
  return [...lines.flatMap((line) => renderLine(state, line, settings)), ...endRendering(state, settings)];
}

/** A text in an SGR colour, as `ESC[<sgr>m<text>ESC[0m`. */
export const sgr = (code: string, text: string): string => `\u001b[${code}m${text}\u001b[0m`;
