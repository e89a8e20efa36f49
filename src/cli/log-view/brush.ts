import { type Paint, paintWith } from "../../console/color.ts";
import type { Palette, Token } from "./palette.ts";

/** Colours text by what it is, or leaves it as it is where colour is off. */
export interface Brush {
  readonly color: boolean;
  /** Colours by SGR parameters, for the few pieces that have a colour outside the palette. */
  readonly paint: Paint;
  readonly token: (token: Token, text: string) => string;
  /** As `token`, with each parameter in a sequence of its own: `ESC[1mESC[36m` (spec/20 section 16.3, headers and roles). */
  readonly stacked: (token: Token, text: string) => string;
}

/** A brush for one palette; empty text is never coloured. */
export function brushFor(color: boolean, palette: Palette): Brush {
  const painted = paintWith(color);
  const paint: Paint = (sgr, text) => (text === "" ? "" : painted(sgr, text));
  return {
    color,
    paint,
    token: (token, text) => paint(palette[token], text),
    stacked: (token, text) => paint(palette[token].replaceAll(";", "m\u001b["), text),
  };
}
