import { isJsonObject, type JsonObject, omitEmpty, optionalTime, readInteger, readText } from "./json.ts";
import { readStopConfig, type StopConfig, stopConfigJson } from "./stop-config.ts";
import { formatTime, type Instant, parseTime } from "./time.ts";

/** Who runs a loop: a process of its own, or the supervisor. */
export type RunnerOwner = "local" | "daemon";

/** The counters that decide when a judge run is due. */
export interface StopState {
  mainIterations: number;
  judgeIterations: number;
  /** The main iteration after which the judge was last asked. */
  lastJudgedMain: number;
}

/** What the reconciler found when it took a runner for dead (spec/10 section 11). */
export interface RunnerLiveness {
  pidAlive: boolean;
  daemonRunnerAlive: boolean;
  reconciledAt?: Instant | undefined;
  reason: string;
}

/** The known keys of a loop's metadata (spec/10 section 1.4); undefined for what is absent or cannot be understood. */
export interface LoopMetadata {
  /** Of a local runner. Never 0 or negative: those would address process groups. */
  pid?: number | undefined;
  startedAt?: Instant | undefined;
  /** Finished runs of this runner, judge runs among them. */
  iterationCount?: number | undefined;
  stopConfig?: StopConfig | undefined;
  stopState?: StopState | undefined;
  waitUntil?: Instant | undefined;
  /** `local` or `daemon`; free text in rows of others. */
  runnerOwner?: string | undefined;
  runnerInstanceId?: string | undefined;
  runnerLiveness?: RunnerLiveness | undefined;
}

/** Reads the known keys, whoever wrote them: numbers may be floats or texts, times may have fractions and offsets. */
export function readLoopMetadata(metadata: JsonObject | undefined): LoopMetadata {
  if (metadata === undefined) return {};
  return {
    pid: readPid(metadata.pid),
    startedAt: readTime(metadata.started_at),
    iterationCount: readInteger(metadata.iteration_count),
    stopConfig: readStopConfig(metadata.stop_config),
    stopState: readStopState(metadata.stop_state),
    waitUntil: readTime(metadata.wait_until),
    runnerOwner: readText(metadata.runner_owner),
    runnerInstanceId: readText(metadata.runner_instance_id),
    runnerLiveness: readLiveness(metadata.runner_liveness),
  };
}

/** Values to set in a loop's metadata; null removes the key, a key that is absent or undefined stays as it is. */
export interface LoopMetadataChanges {
  pid?: number | null | undefined;
  startedAt?: Instant | undefined;
  iterationCount?: number | undefined;
  stopConfig?: StopConfig | null | undefined;
  stopState?: StopState | undefined;
  waitUntil?: Instant | null | undefined;
  runnerOwner?: RunnerOwner | undefined;
  runnerInstanceId?: string | undefined;
  runnerLiveness?: RunnerLiveness | null | undefined;
}

/** The metadata with the changes made. Keys that Forge does not know survive. */
export function changeLoopMetadata(
  metadata: JsonObject | undefined,
  changes: LoopMetadataChanges,
): JsonObject {
  const changed: Record<string, unknown> = { ...metadata };
  for (const [key, value] of Object.entries(storedChanges(changes))) {
    if (value === null) delete changed[key];
    else if (value !== undefined) changed[key] = value;
  }
  return changed;
}

const storedChanges = (changes: LoopMetadataChanges): Record<string, unknown> => ({
  pid: changes.pid,
  started_at: mapped(changes.startedAt, formatTime),
  iteration_count: changes.iterationCount,
  stop_config: mapped(changes.stopConfig, stopConfigJson),
  stop_state: mapped(changes.stopState, stopStateJson),
  wait_until: mapped(changes.waitUntil, formatTime),
  runner_owner: changes.runnerOwner,
  runner_instance_id: changes.runnerInstanceId,
  runner_liveness: mapped(changes.runnerLiveness, livenessJson),
});

/** Applies a function to a value, and passes on what says "remove" or "leave alone". */
const mapped = <T, Stored>(value: T | null | undefined, store: (value: T) => Stored) =>
  value === null || value === undefined ? value : store(value);

const readTime = (value: unknown): Instant | undefined => parseTime(readText(value));

function readPid(value: unknown): number | undefined {
  const pid = readInteger(value);
  return pid !== undefined && pid > 0 ? pid : undefined;
}

function readStopState(value: unknown): StopState | undefined {
  if (!isJsonObject(value)) return undefined;
  return {
    mainIterations: readInteger(value.main_iteration_count) ?? 0,
    judgeIterations: readInteger(value.qual_iteration_count) ?? 0,
    lastJudgedMain: readInteger(value.qual_last_main_count) ?? 0,
  };
}

const stopStateJson = (state: StopState) => ({
  main_iteration_count: omitEmpty(state.mainIterations),
  qual_iteration_count: omitEmpty(state.judgeIterations),
  qual_last_main_count: omitEmpty(state.lastJudgedMain),
});

function readLiveness(value: unknown): RunnerLiveness | undefined {
  if (!isJsonObject(value)) return undefined;
  return {
    pidAlive: value.pid_alive === true,
    daemonRunnerAlive: value.daemon_runner_alive === true,
    reconciledAt: readTime(value.reconciled_at),
    reason: readText(value.reason) ?? "",
  };
}

const livenessJson = (liveness: RunnerLiveness) => ({
  pid_alive: liveness.pidAlive,
  daemon_runner_alive: liveness.daemonRunnerAlive,
  reconciled_at: optionalTime(liveness.reconciledAt),
  reason: liveness.reason,
});
