import { SGR } from "../../console/color.ts";
import type { AdapterName, LineReader } from "../../harness/adapter.ts";
import { adapterFor } from "../../harness/adapters/adapters.ts";
import type { EndEvent, HarnessEvent, ToolEvent } from "../../harness/events.ts";
import { RunSigns } from "../../harness/run-signs.ts";
import { agentOfEvent } from "./agent-of-event.ts";
import type { Brush } from "./brush.ts";
import type { LogLine } from "./log-line.ts";
import { type StreamEvent, spokenLines, taggedLine } from "./stream-event.ts";

/** What is not known. */
const UNKNOWN = "-";

/** The events of agents other than claude in one log, as lines for people: the same for each of them (spec/15 section 1.1). */
export class AgentStream {
  #agent: AdapterName | undefined;
  #read: LineReader = () => undefined;
  #signs = new RunSigns();
  /** Calls whose start was shown. */
  readonly #started = new Set<string>();
  /** What was shown last of texts and errors: some agents say the same in two events. */
  #lastWords: string | undefined;
  #hasEnded = false;

  /** Undefined for an event that is not known to be one of these agents. */
  lines(event: StreamEvent, brush: Brush): LogLine[] | undefined {
    const agent = agentOfEvent(event, this.#agent);
    if (agent !== this.#agent) this.#begin(agent);
    if (agent === undefined) return undefined;
    const events = this.#read(event);
    return events?.flatMap((one) => this.#show(one, event, brush));
  }

  #begin(agent: AdapterName | undefined): void {
    this.#agent = agent;
    this.#read = adapterFor(agent ?? "").open();
    this.#beginRun();
  }

  #beginRun(): void {
    this.#signs = new RunSigns();
    this.#started.clear();
    this.#lastWords = undefined;
    this.#hasEnded = false;
  }

  #show(event: HarnessEvent, line: StreamEvent, brush: Brush): LogLine[] {
    if (event.kind === "session") this.#beginRun();
    // Where it stood in the output does not matter here.
    this.#signs.add(event, { line, offset: 0, end: 0 });
    switch (event.kind) {
      case "session":
        return [
          this.#tagged(brush, SGR.cyan, "init", `model=${event.model ?? "unknown"} session=${event.id}`),
        ];
      case "text":
        return this.#isRepeated(event.text) ? [] : spokenLines(brush, SGR.green, event.text);
      case "tool":
        return this.#isNewCall(event) ? [taggedLine(brush, SGR.magenta, "tool:", callText(event))] : [];
      case "file":
        return [taggedLine(brush, SGR.magenta, "tool:", `${event.change} ${event.path}`)];
      case "error":
        return this.#isRepeated(event.text) ? [] : [this.#tagged(brush, SGR.red, "error", event.text)];
      case "end":
        return this.#endLines(event, brush);
      case "progress":
      case "usage":
      case "limit":
        return [];
      default:
        return event satisfies never;
    }
  }

  #tagged(brush: Brush, sgr: string, what: string, rest: string): LogLine {
    return taggedLine(brush, sgr, `[${this.#agent}:${what}]`, rest);
  }

  #isRepeated(words: string): boolean {
    const isRepeated = words === this.#lastWords;
    this.#lastWords = words;
    // An agent that tries again and fails in the same words has come to the same end.
    if (!isRepeated) this.#hasEnded = false;
    return isRepeated;
  }

  /** A call is shown once: when it starts, or when it ends where only that is told. */
  #isNewCall({ phase, id = "" }: ToolEvent): boolean {
    this.#hasEnded = false;
    if (phase === "start") this.#started.add(id);
    if (phase === "end") return !this.#started.delete(id);
    return phase === "start";
  }

  /** Some agents tell their end twice. */
  #endLines({ turns, durationMs }: EndEvent, brush: Brush): LogLine[] {
    if (this.#hasEnded) return [];
    this.#hasEnded = true;
    const { tokens, costUsd } = this.#signs;
    const text = [
      `turns=${turns ?? UNKNOWN}`,
      `duration=${durationMs === undefined ? UNKNOWN : `${(durationMs / 1000).toFixed(1)}s`}`,
      `input=${tokens?.input ?? UNKNOWN}`,
      `output=${tokens?.output ?? UNKNOWN}`,
      `cost=${costUsd === undefined ? UNKNOWN : `$${costUsd.toFixed(6)}`}`,
    ].join(" ");
    return [this.#tagged(brush, SGR.yellow, "result", text)];
  }
}

const callText = ({ name, title }: ToolEvent): string => (title ? `${name} ${title}` : name);
