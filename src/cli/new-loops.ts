import type { Config } from "../config/config.ts";
import { resolvePrompt } from "../config/prompt-reference.ts";
import type { FlagValues } from "../console/flags.ts";
import { toSeconds, toSecondsUp } from "../core/duration.ts";
import { ForgeError, invalid } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type RunLimits, runLimitsJson } from "../core/run-limits.ts";
import { parseMaxCost, parseMaxTokens, type SpendLimits } from "../core/spend-limits.ts";
import { type StopAfter, stopAfterJson } from "../core/stop-after.ts";
import type { StopConfig } from "../core/stop-config.ts";
import { stopConfigFrom } from "../core/stop-options.ts";
import type { upFlags } from "./registry/loops.ts";

/** What `up` and `scale` are asked to create, checked as far as it can be without the database. */
export interface NewLoops {
  count: number;
  name?: string | undefined;
  namePrefix?: string | undefined;
  repoPath: string;
  pool?: string | undefined;
  profile?: string | undefined;
  promptPath?: string | undefined;
  promptMessage?: string | undefined;
  intervalSeconds: number;
  /** 0 = none. */
  initialWaitSeconds: number;
  maxIterations: number;
  maxRuntimeSeconds: number;
  spendLimits: SpendLimits;
  tags: string[];
  stopConfig?: StopConfig | undefined;
  /** Keys of `fx_loops.limits_json`. */
  limits: JsonObject;
}

/** What the flags of `up` say; `given` are the names of those that were typed. */
interface UpRequest {
  readonly flags: UpValues;
  readonly given: ReadonlySet<string>;
  readonly config: Config;
}

type UpValues = FlagValues<typeof upFlags>;

/** Reads the flags in the order of spec/20 section 6; the first thing that is wrong is thrown, nothing is written. */
export function newLoopsFrom({ flags, given, config }: UpRequest, repoPath: string): NewLoops {
  const { count, name, pool, profile } = flags;
  if (count < 1) throw invalid("--count must be at least 1");
  if (name && count > 1) throw new ForgeError("unknown", "--name requires --count=1");
  if (pool && profile) throw new ForgeError("unknown", "use either --pool or --profile, not both");
  const interval = flags.interval ?? config.loopDefaults.interval;
  const {
    "initial-wait": initialWait = 0,
    "max-runtime": maxRuntime = 0,
    "max-iterations": maxIterations = 0,
  } = flags;
  atLeastZero(interval, "interval");
  atLeastZero(initialWait, "initial wait");
  atLeastZero(maxIterations, "max iterations");
  atLeastZero(maxRuntime, "max runtime");
  const runLimits = runLimitsFrom(flags);
  const spendLimits = {
    maxCost: parseMaxCost(flags["max-cost"] ?? "0"),
    maxTokens: parseMaxTokens(flags["max-tokens"] ?? "0"),
  };
  const stopAfter = stopAfterFrom(flags, config);
  return {
    count,
    name: name || undefined,
    namePrefix: flags["name-prefix"] || undefined,
    repoPath,
    pool: pool || undefined,
    profile: profile || undefined,
    ...basePrompt(flags, repoPath, config),
    intervalSeconds: toSeconds(interval),
    initialWaitSeconds: toSecondsUp(initialWait),
    maxIterations,
    maxRuntimeSeconds: toSeconds(maxRuntime),
    spendLimits,
    tags: tagsFrom(flags.tags ?? ""),
    stopConfig: smartStop(flags, given, repoPath),
    limits: { ...runLimitsJson(runLimits), ...stopAfterJson(stopAfter) },
  };
}

function atLeastZero(value: number, what: string): void {
  if (value < 0) throw invalid(`${what} must be >= 0`);
}

/** What was not given follows the configuration, also when that changes later. */
function runLimitsFrom(flags: UpValues): RunLimits {
  const { "first-output": firstOutput, stall, "run-timeout": runTimeout } = flags;
  atLeastZero(firstOutput ?? 0, "first output");
  atLeastZero(stall ?? 0, "stall");
  atLeastZero(runTimeout ?? 0, "run timeout");
  return { firstOutput, stall, runTimeout };
}

function stopAfterFrom(flags: UpValues, { loopDefaults }: Config): StopAfter {
  const noProgress = flags["stop-after-no-progress"] ?? loopDefaults.stopAfterNoProgress;
  const failures = flags["stop-after-failures"] ?? loopDefaults.stopAfterFailures;
  atLeastZero(noProgress, "--stop-after-no-progress");
  atLeastZero(failures, "--stop-after-failures");
  return { noProgress, failures };
}

/** The message wins over the path; the two configured defaults apply only when neither flag is given. */
function basePrompt(flags: UpValues, repoPath: string, { loopDefaults }: Config) {
  const neither = flags.prompt === undefined && flags["prompt-msg"] === undefined;
  const message = (neither ? loopDefaults.promptMsg : (flags["prompt-msg"] ?? "")).trim();
  const reference = neither ? loopDefaults.prompt || undefined : flags.prompt;
  return {
    promptMessage: message || undefined,
    promptPath: reference === undefined ? undefined : resolvePrompt(repoPath, reference),
  };
}

function tagsFrom(list: string): string[] {
  const tags = list.split(",").map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ""))];
}

const QUANTITATIVE_FLAGS = "quantitative-stop-";

const smartStop = (flags: UpValues, given: ReadonlySet<string>, repoPath: string): StopConfig | undefined =>
  stopConfigFrom(
    {
      until: flags.until,
      isQuantitativeGiven: [...given].some((name) => name.startsWith(QUANTITATIVE_FLAGS)),
      quantitative: {
        command: flags["quantitative-stop-cmd"],
        every: flags["quantitative-stop-every"],
        when: flags["quantitative-stop-when"],
        decision: flags["quantitative-stop-decision"],
        exitCodes: flags["quantitative-stop-exit-codes"],
        exitInvert: flags["quantitative-stop-exit-invert"],
        stdout: flags["quantitative-stop-stdout"],
        stderr: flags["quantitative-stop-stderr"],
        stdoutRegex: flags["quantitative-stop-stdout-regex"],
        stderrRegex: flags["quantitative-stop-stderr-regex"],
        timeout: flags["quantitative-stop-timeout"] ?? 0,
      },
      qualitative: {
        every: flags["qualitative-stop-every"] ?? 0,
        prompt: flags["qualitative-stop-prompt"],
        promptMessage: flags["qualitative-stop-prompt-msg"],
        onInvalid: flags["qualitative-stop-on-invalid"],
      },
    },
    (reference) => resolvePrompt(repoPath, reference),
  );
