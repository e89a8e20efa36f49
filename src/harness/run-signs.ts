import { type JsonObject, readObject, readText } from "../core/json.ts";
import type { TokenCounts } from "../core/outcome.ts";
import type { Adapter, StreamLine } from "./adapter.ts";
import type { EndEvent, ErrorEvent, HarnessEvent, LimitEvent, SessionEvent, UsageEvent } from "./events.ts";

/** Where an event was read. */
export interface Source {
  readonly line: StreamLine;
  /** Bytes from the start of the output. */
  readonly offset: number;
  /** The byte behind the line. */
  readonly end: number;
}

/** An event with its line, kept as evidence. */
export interface Witnessed<Event> {
  readonly event: Event;
  readonly source: Source;
}

/** Names that a stream cannot fill the memory with. */
const MOST_NAMES = 20;

/** What the events of a run say together, so far. Its size does not grow with the run. */
export class RunSigns {
  /** Lines that the adapter knows. */
  recognised = 0;
  skippedLines = 0;
  readonly unknownTypes = new Set<string>();
  /** `type.field` of known lines that lack it. */
  readonly missingFields = new Set<string>();
  /** `type.field` of what such lines have and the adapter does not know. */
  readonly newFields = new Set<string>();
  session: SessionEvent | undefined;
  tokens: TokenCounts | undefined;
  /** Whether they are those of the whole session, where the CLI tells that. */
  isTotal = false;
  costUsd: number | undefined;
  /** The agent's last words. */
  answer: string | undefined;
  toolCalls = 0;
  /** The last terminal event. */
  end: Witnessed<EndEvent> | undefined;
  #model: string | undefined;
  #error: Witnessed<ErrorEvent> | undefined;
  #notice: Witnessed<ErrorEvent> | undefined;
  #hasFinalAnswer = false;
  readonly #limits = new Map<string, Witnessed<LimitEvent>>();

  get model(): string | undefined {
    return this.session?.model ?? this.#model;
  }

  /** The error that the run ended with; a notice of a retry only where nothing followed it. */
  get finalError(): Witnessed<ErrorEvent> | undefined {
    return this.#notice ?? this.#error;
  }

  /** The last refusal of a limit that was not lifted afterwards. */
  get rejected(): Witnessed<LimitEvent> | undefined {
    return [...this.#limits.values()].findLast(({ event }) => event.status === "rejected");
  }

  /** What was told last of each limit. */
  get limits(): LimitEvent[] {
    return [...this.#limits.values()].map(({ event }) => event);
  }

  /** The last limit that was told. */
  get limit(): Witnessed<LimitEvent> | undefined {
    return [...this.#limits.values()].at(-1);
  }

  /** A line that is known to tell nothing more. */
  noteLife(): void {
    this.recognised++;
    this.#notice = undefined;
  }

  noteLine({ fields }: Adapter, line: StreamLine): void {
    this.recognised++;
    const known = fields[line.type];
    if (known === undefined) return;
    for (const field of known.required) {
      if (!hasField(line, field)) note(this.missingFields, `${line.type}.${field}`);
    }
    for (const field of Object.keys(line)) {
      const isKnown = field === "type" || known.required.includes(field) || known.optional.includes(field);
      if (!isKnown) note(this.newFields, `${line.type}.${field}`);
    }
  }

  noteUnknown(line: StreamLine): void {
    const subtype = line.type === "system" ? readText(line.subtype) : undefined;
    note(this.unknownTypes, subtype === undefined ? line.type : `${line.type}/${subtype}`);
  }

  add(event: HarnessEvent, source: Source): void {
    this.#notice = undefined;
    switch (event.kind) {
      case "session":
        this.session = event;
        return;
      case "text":
        // Words on the way do not replace an answer.
        if (event.final || !this.#hasFinalAnswer) this.answer = event.text;
        this.#hasFinalAnswer ||= event.final;
        return;
      case "tool":
        if (event.phase === "end") this.toolCalls++;
        return;
      case "file":
      case "progress":
        return;
      case "usage":
        this.#addUsage(event);
        return;
      case "limit": {
        const window = event.window ?? "";
        if (this.#limits.size >= MOST_NAMES && !this.#limits.has(window)) return;
        // Last in the order of the map is last in the run.
        this.#limits.delete(window);
        this.#limits.set(window, { event, source });
        return;
      }
      case "error":
        if (event.final) this.#error = { event, source };
        else this.#notice = { event, source };
        return;
      case "end":
        this.end = { event, source };
        // A good end says that the work went on after the error.
        if (event.ok) this.#error = undefined;
        return;
      default:
        event satisfies never;
    }
  }

  #addUsage(usage: UsageEvent): void {
    this.#model = usage.model ?? this.#model;
    const isTotal = usage.mode === "total";
    this.isTotal ||= isTotal;
    const before = isTotal ? undefined : this.tokens;
    this.tokens = {
      input: usage.input + (before?.input ?? 0),
      output: usage.output + (before?.output ?? 0),
      cacheRead: usage.cacheRead + (before?.cacheRead ?? 0),
      cacheWrite: usage.cacheWrite + (before?.cacheWrite ?? 0),
      reasoning: usage.reasoning + (before?.reasoning ?? 0),
    };
    if (usage.costUsd === undefined) return;
    this.costUsd = usage.costUsd + (isTotal ? 0 : (this.costUsd ?? 0));
  }
}

/** Whether a field is there; a dot stands before a field of a field. */
function hasField(line: JsonObject, path: string): boolean {
  const [name = "", ...rest] = path.split(".");
  return rest.length === 0 ? line[name] !== undefined : hasField(readObject(line[name]), rest.join("."));
}

function note(names: Set<string>, name: string): void {
  if (names.size < MOST_NAMES) names.add(name);
}
