import { type Milliseconds, toSeconds } from "./duration.ts";
import { isOneOf } from "./enum.ts";
import { ForgeError, invalid } from "./errors.ts";
import {
  type QualitativeStop,
  type QuantitativeStop,
  STOP_DECISIONS,
  STOP_MOMENTS,
  STREAM_MODES,
  type StopConfig,
  type StreamMode,
  untilRule,
} from "./stop-config.ts";
import { isBlank } from "./validation.ts";

/** The smart-stop rules as an operator words them, with the flags of `up` and `scale` (spec/20 section 6). */
export interface StopOptions {
  /** The command of `--until`; blank: not asked for. */
  until?: string | undefined;
  /** Whether any flag of the quantitative stop was given. */
  isQuantitativeGiven: boolean;
  quantitative: QuantitativeOptions;
  qualitative: QualitativeOptions;
}

export interface QuantitativeOptions {
  /** Blank: no quantitative stop, and nothing else of this is looked at. */
  command?: string | undefined;
  every: number;
  when: string;
  decision: string;
  /** Integers separated by commas. */
  exitCodes?: string | undefined;
  exitInvert: boolean;
  stdout: string;
  stderr: string;
  stdoutRegex?: string | undefined;
  stderrRegex?: string | undefined;
  /** 0 = none. */
  timeout: Milliseconds;
}

export interface QualitativeOptions {
  /** 0 = not given. */
  every: number;
  /** The name or path of the judge's prompt. */
  prompt?: string | undefined;
  promptMessage?: string | undefined;
  onInvalid: string;
}

/**
 * The rules to store, undefined when none were asked for. `resolvePrompt` turns the name of a prompt into an absolute
 * path. Throws the messages of spec/20 section 6 in its order, and what `resolvePrompt` throws.
 */
export function stopConfigFrom(
  options: StopOptions,
  resolvePrompt: (reference: string) => string,
): StopConfig | undefined {
  const quantitative = untilFrom(options) ?? quantitativeFrom(options.quantitative);
  const qualitative = qualitativeFrom(options.qualitative, resolvePrompt);
  return quantitative || qualitative ? { quantitative, qualitative } : undefined;
}

function untilFrom({ until, isQuantitativeGiven }: StopOptions): QuantitativeStop | undefined {
  if (until === undefined || isBlank(until)) return undefined;
  if (isQuantitativeGiven)
    throw new ForgeError("unknown", "use either --until or --quantitative-stop-..., not both");
  return untilRule(until);
}

function quantitativeFrom(options: QuantitativeOptions): QuantitativeStop | undefined {
  const { command = "", every, exitInvert, timeout } = options;
  if (isBlank(command)) return undefined;
  if (!(every > 0)) throw invalid("quantitative stop every must be > 0");
  const when = oneOf(STOP_MOMENTS, options.when, "quantitative stop when");
  const decision = oneOf(STOP_DECISIONS, options.decision, "quantitative stop decision");
  const exitCodes = parseExitCodes(options.exitCodes ?? "");
  const stdoutMode = streamMode(options.stdout, "stdout");
  const stderrMode = streamMode(options.stderr, "stderr");
  if (timeout < 0) throw invalid("quantitative stop timeout must be >= 0");
  const stop: QuantitativeStop = {
    command,
    every,
    when,
    decision,
    exitCodes,
    exitInvert,
    stdoutMode,
    stderrMode,
    stdoutRegex: options.stdoutRegex || undefined,
    stderrRegex: options.stderrRegex || undefined,
    // Rounding half a second down to 0 would switch the timeout off.
    timeoutSeconds: timeout > 0 ? Math.max(1, toSeconds(timeout)) : 0,
  };
  return hasCriterion(stop) ? stop : { ...stop, exitCodes: [0] };
}

const hasCriterion = ({ exitCodes, stdoutMode, stderrMode, stdoutRegex, stderrRegex }: QuantitativeStop) =>
  exitCodes.length > 0 ||
  stdoutMode !== "any" ||
  stderrMode !== "any" ||
  !isBlank(stdoutRegex) ||
  !isBlank(stderrRegex);

const PROMPT_FLAG = "--qualitative-stop-prompt";
const MESSAGE_FLAG = "--qualitative-stop-prompt-msg";

function qualitativeFrom(
  options: QualitativeOptions,
  resolvePrompt: (reference: string) => string,
): QualitativeStop | undefined {
  const { every, prompt = "", promptMessage = "", onInvalid: word } = options;
  const asked = every !== 0 || !isBlank(prompt) || !isBlank(promptMessage) || word !== "continue";
  if (!asked) return undefined;
  if (!(every > 0)) throw invalid("qualitative stop every must be > 0");
  if (!isBlank(prompt) && !isBlank(promptMessage)) {
    throw new ForgeError("unknown", `use either ${PROMPT_FLAG} or ${MESSAGE_FLAG}, not both`);
  }
  if (isBlank(prompt) && isBlank(promptMessage)) {
    throw new ForgeError("unknown", `qualitative stop requires ${PROMPT_FLAG} or ${MESSAGE_FLAG}`);
  }
  const onInvalid = oneOf(STOP_DECISIONS, word, "qualitative stop on invalid");
  if (isBlank(prompt)) return { every, prompt: promptMessage, promptIsPath: false, onInvalid };
  return { every, prompt: resolvePrompt(prompt), promptIsPath: true, onInvalid };
}

function oneOf<T extends string>(words: readonly T[], word: string, subject: string): T {
  if (isOneOf(words, word)) return word;
  throw invalid(`${subject} must be one of ${words.join("|")}`);
}

const streamMode = (word: string, stream: "stdout" | "stderr"): StreamMode =>
  oneOf(STREAM_MODES, word.toLowerCase(), `quantitative stop ${stream} mode`);

function parseExitCodes(text: string): number[] {
  const words = text.split(",").map((word) => word.trim());
  return words.filter((word) => word !== "").map(parseExitCode);
}

function parseExitCode(word: string): number {
  const code = /^[+-]?\d+$/.test(word) ? Number(word) : Number.NaN;
  if (Number.isSafeInteger(code)) return code;
  throw invalid(`quantitative stop exit codes: invalid int "${word}"`);
}
