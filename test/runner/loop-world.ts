import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, loadConfig } from "../../src/config/config.ts";
import { databasePath } from "../../src/config/paths.ts";
import type { LoopId } from "../../src/core/ids.ts";
import type { Loop } from "../../src/core/loop.ts";
import type { Profile } from "../../src/core/profile.ts";
import type { QueueItem, QueueRequest } from "../../src/core/queue.ts";
import { queueItemDraft } from "../../src/core/queue-payload.ts";
import type { LoopRun } from "../../src/core/run.ts";
import { RunnerControl } from "../../src/runner/control.ts";
import type { RunnerDeps } from "../../src/runner/deps.ts";
import { type RunnerEnd, type RunnerOptions, runLoop } from "../../src/runner/runner.ts";
import { WakeUps } from "../../src/runner/wake-ups.ts";
import { closeDatabase, type Db, HOSTED_BUSY_TIMEOUT_MS, openDatabase } from "../../src/store/database.ts";
import { enqueue, listQueue } from "../../src/store/loop-queue.ts";
import { listRuns } from "../../src/store/loop-runs.ts";
import { createLoop, getLoop, type LoopDraft } from "../../src/store/loops.ts";
import { createProfile, listProfiles } from "../../src/store/profiles.ts";
import { Sandbox } from "../support/sandbox.ts";
import { type Step, scriptedHarness } from "../support/scripted-harness.ts";

/** A sandbox with a database and runners in this process, as the supervisor hosts them. */
export class LoopWorld extends Sandbox {
  readonly config: Config;
  readonly db: Db;
  readonly wakeUps: WakeUps;
  readonly #runners: StartedRunner[] = [];
  /** Changes what runners find; before the first one. */
  deps: RunnerDeps;

  static async make(): Promise<LoopWorld> {
    const sandbox = new LoopWorld(await loadConfig({ env: {}, cwd: "/" }).then(({ config }) => config));
    return sandbox;
  }

  private constructor(config: Config) {
    super();
    this.config = {
      ...config,
      global: { ...config.global, dataDir: this.dataDir },
      database: { ...config.database, path: "" },
    };
    this.db = openDatabase(databasePath(this.config), {
      mode: "write",
      busyTimeoutMs: HOSTED_BUSY_TIMEOUT_MS,
    });
    this.wakeUps = new WakeUps(this.db);
    this.deps = {
      db: this.db,
      config: this.config,
      now: Date.now,
      wakeUps: this.wakeUps,
      owner: "daemon",
      instanceId: "test",
      environmentOf: () => this.env,
      faultPoint: () => {},
    };
    writeFileSync(join(this.repo, "PROMPT.md"), "base prompt\n");
  }

  /** A profile whose harness takes these steps. */
  profile(steps: Step[], draft: Partial<Profile> = {}): Profile {
    const name = draft.name ?? `p${listProfiles(this.db).length + 1}`;
    return createProfile(
      this.db,
      { name, harness: "pi", commandTemplate: scriptedHarness(...steps), ...draft },
      this.deps.now(),
    );
  }

  loop(draft: Partial<LoopDraft> = {}): Loop {
    return createLoop(
      this.db,
      { name: "alpha", repoPath: this.repo, intervalSeconds: 0, ...draft },
      this.deps.now(),
    );
  }

  enqueue(loop: Loop, ...requests: QueueRequest[]): QueueItem[] {
    const items = enqueue(this.db, loop.id, requests.map(queueItemDraft), this.deps.now());
    this.wakeUps.poke([loop.id]);
    return items;
  }

  start(loop: Loop, options: RunnerOptions = {}): StartedRunner {
    const control = options.control ?? new RunnerControl();
    const ended = runLoop(this.deps, loop.id, { ...options, control });
    const runner = { control, ended };
    this.#runners.push(runner);
    return runner;
  }

  once = (loop: Loop): Promise<RunnerEnd> => this.start(loop, { isSingle: true }).ended;

  read = (loop: { id: LoopId }): Loop => getLoop(this.db, loop.id);
  runs = (loop: { id: LoopId }): LoopRun[] => listRuns(this.db, loop.id).reverse();
  queue = (loop: { id: LoopId }): QueueItem[] => listQueue(this.db, loop.id);

  /** Empty before the first runner. */
  log = (loop: { id: LoopId }): string => {
    const { logPath = "" } = this.read(loop);
    return existsSync(logPath) ? readFileSync(logPath, "utf8") : "";
  };
  /** The lines of the runner, without their times. */
  logLines = (loop: { id: LoopId }): string[] =>
    this.log(loop)
      .split("\n")
      .flatMap((line) => /^\[[^\]]+Z\] (.*)$/.exec(line)?.[1] ?? []);
  ledger = (loop: { id: LoopId }): string => readFileSync(this.read(loop).ledgerPath ?? "", "utf8");

  file(name: string, text: string): string {
    const path = join(this.repo, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    for (const { control } of this.#runners) control.ask("shutdown at once");
    await Promise.allSettled(this.#runners.map(({ ended }) => ended));
    this.wakeUps[Symbol.dispose]();
    closeDatabase(this.db);
    await super[Symbol.asyncDispose]();
  }
}

export interface StartedRunner {
  readonly control: RunnerControl;
  readonly ended: Promise<RunnerEnd>;
}
