import { type Paint, SGR } from "../console/color.ts";
import { type Clock, formatTime } from "../core/time.ts";

type LogLevel = "debug" | "info" | "warn" | "error";
const LEVELS: readonly string[] = ["debug", "info", "warn", "error"];

type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface LogSettings {
  /** `debug`, `info`, `warn` or `error`: lines below it are not written. */
  readonly level: string;
  /** `json`, or the form for people. */
  readonly format: string;
  readonly paint: Paint;
  readonly now: Clock;
  /** Gets a whole line with its line feed. */
  readonly write: (line: string) => void;
}

/** What the supervisor says of itself, in the form of spec/70 section 10.1. Values of environments never come here. */
export class SupervisorLog {
  readonly #settings: LogSettings;

  constructor(settings: LogSettings) {
    this.#settings = settings;
  }

  debug(message: string, fields?: LogFields): void {
    this.#line("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#line("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#line("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#line("error", message, fields);
  }

  #line(level: LogLevel, message: string, fields: LogFields = {}): void {
    const { level: lowest, format, write } = this.#settings;
    if (LEVELS.indexOf(level) < LEVELS.indexOf(lowest)) return;
    write(format === "json" ? this.#json(level, message, fields) : this.#console(level, message, fields));
  }

  #json(level: LogLevel, message: string, fields: LogFields): string {
    const time = formatTime(this.#settings.now());
    return `${JSON.stringify({ time, level, component: COMPONENT, ...fields, message })}\n`;
  }

  /** `12:00:00 INFO component=forged forged ready socket=/run/forged.sock` */
  #console(level: LogLevel, message: string, fields: LogFields): string {
    const { now, paint } = this.#settings;
    const known = Object.entries(fields).filter(([, value]) => value !== undefined);
    return `${[
      paint(SGR.dim, formatTime(now()).slice(11, 19)),
      paint(COLORS[level], level.toUpperCase()),
      paint(SGR.dim, `component=${COMPONENT}`),
      oneLine(message),
      ...known.map(([name, value]) => `${name}=${plainOrQuoted(String(value))}`),
    ].join(" ")}\n`;
  }
}

const COMPONENT = "forged";

const COLORS: Record<LogLevel, string> = {
  debug: SGR.dim,
  info: SGR.green,
  warn: SGR.yellow,
  error: SGR.red,
};

const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, " ");

const plainOrQuoted = (value: string): string =>
  /^[\w./:@%+,-]+$/.test(value) ? value : JSON.stringify(value);
