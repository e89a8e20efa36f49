import type { Brush } from "./brush.ts";
import { startsWithAny } from "./text-start.ts";

/** What a line is inside the transcript of a shell command (spec/20 section 16.3 b). */
export type TranscriptRole = "prompt" | "exit" | "stderr" | "output";

// `$ `, `% `, `> `, or an arrow of a decorated prompt, which may stand alone.
const PROMPT = /^(?:[$%>](?= )|[\u276f\u279c](?= |$))/;
const EXIT =
  /^(?:exit code:|exit status:|process exited with code|exited with code|command exited with|return code:)/i;
const STDERR_STARTS = ["stderr:", "STDERR:", "2>", "[stderr]", "(stderr)"];

/** The role that a line would have in a transcript. */
export function transcriptRole(line: string): TranscriptRole {
  const text = line.trimStart();
  if (PROMPT.test(text)) return "prompt";
  if (EXIT.test(text)) return "exit";
  return startsWithAny(text, STDERR_STARTS) ? "stderr" : "output";
}

/** Whether a line of this role opens a transcript. */
export const opensTranscript = (role: TranscriptRole): boolean => role === "prompt" || role === "exit";

/** A line of a transcript as it is shown; undefined where it is plain. */
export function paintTranscriptLine(line: string, role: TranscriptRole, brush: Brush): string | undefined {
  switch (role) {
    case "prompt":
      return brush.color ? promptLine(line, brush) : line;
    case "exit":
      return exitLine(line, brush);
    case "stderr":
      return brush.color ? brush.token("warning", line) : `[WARN] ${line}`;
    case "output":
      return undefined;
    default:
      return role satisfies never;
  }
}

function promptLine(line: string, brush: Brush): string {
  const indent = line.slice(0, line.length - line.trimStart().length);
  const prompt = line.charAt(indent.length);
  const rest = line.slice(indent.length + 1);
  const command = rest.trimStart().split(/\s/, 1)[0] ?? "";
  if (!KNOWN_COMMANDS.has(command)) return brush.token("command-prompt", line);
  const [before, after] = around(rest, command);
  return `${indent}${brush.token("command-prompt", prompt)}${before}${brush.token("section-header", command)}${after}`;
}

function around(text: string, part: string): [before: string, after: string] {
  const at = text.indexOf(part);
  return [text.slice(0, at), text.slice(at + part.length)];
}

function exitLine(line: string, brush: Brush): string | undefined {
  const number = line.match(/\d+/g)?.at(-1);
  if (number === undefined) return brush.color ? brush.token("command-prompt", line) : line;
  if (Number(number) === 0) return undefined;
  return brush.color ? brush.token("error", line) : `[ERROR] ${line}`;
}

const KNOWN_COMMANDS = new Set(
  (
    "cargo go git sv forge fmail npm npx yarn pnpm make cmake python python3 pip pip3 rustc rustup docker kubectl helm " +
    "curl wget ssh scp rsync grep rg find sed awk jq node deno bun ruby perl javac java mvn gradle"
  ).split(" "),
);
