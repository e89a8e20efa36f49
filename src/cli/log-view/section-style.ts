import type { Brush } from "./brush.ts";
import { paintErrorLine } from "./error-block.ts";
import type { Section } from "./sections.ts";
import { paintJson } from "./structured.ts";
import { paintTranscriptLine } from "./transcript.ts";

/** A line as its section shows it (spec/20 section 16.3 b); undefined where it is plain and left to the diff pass. */
export function paintSectionLine(section: Section, line: string, brush: Brush): string | undefined {
  switch (section.kind) {
    case "harness-header":
      return brush.color ? brush.stacked("section-header", line) : `== ${line}`;
    case "role-marker":
      return brush.color ? brush.stacked("role-marker", line) : `>> ${line}`;
    case "status-line":
    case "summary":
    case "thinking":
      return brush.token("timestamp", line);
    case "tool-call":
      return brush.token("warning", line);
    case "json-event":
      return brush.color ? paintJson(line, brush) : line;
    case "error-block":
      return paintErrorLine(line, section.starts, brush);
    case "unknown":
      return section.transcript && paintTranscriptLine(line, section.transcript, brush);
    case "code-fence":
    case "approval":
    case "diff":
      return undefined;
    default:
      return section.kind satisfies never;
  }
}
