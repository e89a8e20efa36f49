import { isOneOf } from "./enum.ts";
import { isJsonObject, type JsonObject, omitEmpty, readInteger, readText } from "./json.ts";
import { isBlank } from "./validation.ts";

export const STOP_MOMENTS = ["before", "after", "both"] as const;
export type StopMoment = (typeof STOP_MOMENTS)[number];

export const STOP_DECISIONS = ["stop", "continue"] as const;
export type StopDecision = (typeof STOP_DECISIONS)[number];

export const STREAM_MODES = ["any", "empty", "nonempty"] as const;
/** What a stream must hold for the command to match; white space alone counts as empty. */
export type StreamMode = (typeof STREAM_MODES)[number];

/** Stops a loop by the result of a shell command (spec/10 section 9.1). */
export interface QuantitativeStop {
  command: string;
  /** Evaluated at every n-th iteration. */
  every: number;
  when: StopMoment;
  decision: StopDecision;
  /** Empty: the exit code is not looked at. */
  exitCodes: number[];
  /** Match when the exit code is not among `exitCodes`. */
  exitInvert: boolean;
  stdoutMode: StreamMode;
  stderrMode: StreamMode;
  /** RE2 syntax, searched in the raw stream. */
  stdoutRegex?: string | undefined;
  stderrRegex?: string | undefined;
  /** 0 = none. */
  timeoutSeconds: number;
}

/** The rule that `--until <command>` stands for (spec/15 section 7.2). */
export const untilRule = (command: string): QuantitativeStop => ({
  command,
  every: 1,
  when: "both",
  decision: "stop",
  exitCodes: [0],
  exitInvert: false,
  stdoutMode: "any",
  stderrMode: "any",
  timeoutSeconds: 0,
});

/** Whether a rule says just that: its command tells whether the work is done. */
export const isUntilRule = (rule: QuantitativeStop): boolean =>
  JSON.stringify(quantitativeJson(rule)) === JSON.stringify(quantitativeJson(untilRule(rule.command)));

/** Stops a loop by the verdict of a judge run (spec/10 section 9.2). */
export interface QualitativeStop {
  /** Judged after every n main runs; 0 = never. */
  every: number;
  /** The prompt itself, or the path of its file. */
  prompt: string;
  promptIsPath: boolean;
  /** What to do when the judge's answer is neither 0 nor 1. */
  onInvalid: StopDecision;
}

/** The smart-stop rules of a loop: `stop_config` of its metadata. */
export interface StopConfig {
  quantitative?: QuantitativeStop | undefined;
  qualitative?: QualitativeStop | undefined;
}

/**
 * The rules in a `stop_config`, whoever wrote it: half of it may be missing or null, and what cannot be understood falls
 * back to the default of its key. Undefined when there are no rules.
 */
export function readStopConfig(value: unknown): StopConfig | undefined {
  if (!isJsonObject(value)) return undefined;
  const quantitative = isJsonObject(value.quant) ? readQuantitative(value.quant) : undefined;
  const qualitative = isJsonObject(value.qual) ? readQualitative(value.qual) : undefined;
  return quantitative || qualitative ? { quantitative, qualitative } : undefined;
}

const readQuantitative = (value: JsonObject): QuantitativeStop => ({
  command: readText(value.cmd) ?? "",
  every: Math.max(1, readInteger(value.every_n) ?? 1),
  when: readWord(STOP_MOMENTS, value.when, "before"),
  decision: readWord(STOP_DECISIONS, value.decision, "stop"),
  exitCodes: readIntegers(value.exit_codes),
  exitInvert: value.exit_invert === true,
  stdoutMode: readWord(STREAM_MODES, value.stdout_mode, "any"),
  stderrMode: readWord(STREAM_MODES, value.stderr_mode, "any"),
  stdoutRegex: readPattern(value.stdout_regex),
  stderrRegex: readPattern(value.stderr_regex),
  timeoutSeconds: Math.max(0, readInteger(value.timeout_seconds) ?? 0),
});

/** A judge without a prompt cannot be asked: no rules. */
function readQualitative(value: JsonObject): QualitativeStop | undefined {
  const { prompt, isPath } = readPrompt(value);
  if (prompt === undefined) return undefined;
  return {
    every: Math.max(0, readInteger(value.every_n) ?? 0),
    prompt,
    promptIsPath: isPath === true,
    onInvalid: readWord(STOP_DECISIONS, value.on_invalid, "continue"),
  };
}

const readPrompt = (value: JsonObject): { prompt: string | undefined; isPath: unknown } =>
  isJsonObject(value.prompt)
    ? { prompt: readText(value.prompt.prompt), isPath: value.prompt.is_path }
    : { prompt: readText(value.prompt), isPath: value.is_prompt_path };

const readPattern = (value: unknown): string | undefined =>
  typeof value === "string" && !isBlank(value) ? value : undefined;

const readIntegers = (value: unknown): number[] =>
  Array.isArray(value) ? value.map(readInteger).filter((code) => code !== undefined) : [];

function readWord<T extends string>(words: readonly T[], value: unknown, fallback: T): T {
  const word = typeof value === "string" ? value.trim().toLowerCase() : "";
  return isOneOf(words, word) ? word : fallback;
}

/** The rules as they are stored: absent halves and empty fields are left out (spec/40 section 3.2). */
export const stopConfigJson = ({ quantitative, qualitative }: StopConfig) => ({
  quant: quantitative && quantitativeJson(quantitative),
  qual: qualitative && qualitativeJson(qualitative),
});

const quantitativeJson = (stop: QuantitativeStop) => ({
  cmd: omitEmpty(stop.command),
  every_n: omitEmpty(stop.every),
  when: stop.when,
  decision: stop.decision,
  exit_codes: omitEmpty(stop.exitCodes),
  exit_invert: omitEmpty(stop.exitInvert),
  stdout_mode: stop.stdoutMode,
  stderr_mode: stop.stderrMode,
  stdout_regex: omitEmpty(stop.stdoutRegex),
  stderr_regex: omitEmpty(stop.stderrRegex),
  timeout_seconds: omitEmpty(stop.timeoutSeconds),
});

const qualitativeJson = (stop: QualitativeStop) => ({
  every_n: omitEmpty(stop.every),
  prompt: { prompt: stop.prompt, is_path: stop.promptIsPath },
  on_invalid: stop.onInvalid,
});
