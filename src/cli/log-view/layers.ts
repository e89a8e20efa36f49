import { enumParser } from "../../core/enum.ts";
import type { SectionKind } from "./section-start.ts";
import type { Section } from "./sections.ts";

/** A choice of the lines of a log (spec/20 section 16.6); `raw` is all of them. */
export const LAYERS = ["raw", "events", "errors", "tools", "diff"] as const;
export type Layer = (typeof LAYERS)[number];

/** Throws `invalid layer "<text>"`. */
export const parseLayer = enumParser(LAYERS, (text) => `invalid layer ${JSON.stringify(text)}`);

const EVENTS: ReadonlySet<SectionKind> = new Set([
  "harness-header",
  "role-marker",
  "thinking",
  "json-event",
  "summary",
  "approval",
  "status-line",
]);

export function isInLayer(layer: Layer, { kind, transcript }: Section): boolean {
  switch (layer) {
    case "raw":
      return true;
    case "events":
      return EVENTS.has(kind);
    case "errors":
      return kind === "error-block";
    case "tools":
      return kind === "tool-call" || transcript !== undefined;
    case "diff":
      return kind === "diff";
    default:
      return layer satisfies never;
  }
}
