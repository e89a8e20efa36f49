import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, loadConfig } from "../../../src/config/config.ts";
import { databasePath } from "../../../src/config/paths.ts";
import type { LoopId } from "../../../src/core/ids.ts";
import type { Loop } from "../../../src/core/loop.ts";
import type { Profile } from "../../../src/core/profile.ts";
import type { QueueItem, QueueRequest } from "../../../src/core/queue.ts";
import { queueItemDraft } from "../../../src/core/queue-payload.ts";
import type { LoopRun } from "../../../src/core/run.ts";
import { loadEnvironment } from "../../../src/process/environment.ts";
import { pidExists } from "../../../src/process/identity.ts";
import { processTable } from "../../../src/process/process-table.ts";
import { closeDatabase, type Db, openDatabase } from "../../../src/store/database.ts";
import { enqueue, listQueue } from "../../../src/store/loop-queue.ts";
import { listRuns } from "../../../src/store/loop-runs.ts";
import { createLoop, getLoop, getLoopByName, type LoopDraft } from "../../../src/store/loops.ts";
import { createProfile, listProfiles } from "../../../src/store/profiles.ts";
import { readSupervisorInfo, type SupervisorInfo } from "../../../src/supervisor/address.ts";
import type { HostedLoop, SupervisorStatus } from "../../../src/supervisor/protocol.ts";
import { Forge } from "../../support/forge.ts";
import { type Step, scriptedHarness } from "../../support/scripted-harness.ts";
import { waitFor } from "../../support/wait-for.ts";

/** The compiled forge in a sandbox, with its database at hand and a way to its supervisor. */
export class SupervisedForge extends Forge {
  readonly config: Config;
  readonly db: Db;

  static async make(configYaml = ""): Promise<SupervisedForge> {
    const { config } = await loadConfig({ env: {}, cwd: "/" });
    return new SupervisedForge(config, configYaml);
  }

  private constructor(config: Config, configYaml: string) {
    super();
    this.config = { ...config, global: { ...config.global, dataDir: this.dataDir } };
    this.db = openDatabase(databasePath(this.config), { mode: "write" });
    writeFileSync(join(this.repo, "PROMPT.md"), "base prompt\n");
    if (configYaml !== "") {
      this.env.FORGE_CONFIG = join(this.folder, "config.yaml");
      writeFileSync(this.env.FORGE_CONFIG, configYaml);
    }
  }

  /** A profile whose harness takes these steps. */
  profile(steps: Step[], draft: Partial<Profile> = {}): Profile {
    const name = draft.name ?? `p${listProfiles(this.db).length + 1}`;
    const command = { harness: "pi", commandTemplate: scriptedHarness(...steps) } as const;
    return createProfile(this.db, { name, ...command, ...draft }, Date.now());
  }

  /** A loop that nobody has started; `forge resume` does. */
  loop(draft: Partial<LoopDraft> = {}): Loop {
    return createLoop(
      this.db,
      { name: "alpha", repoPath: this.repo, intervalSeconds: 0, ...draft },
      Date.now(),
    );
  }

  /** Puts items into a queue without a word to anybody. */
  enqueue = (loop: { id: LoopId }, ...requests: QueueRequest[]): QueueItem[] =>
    enqueue(this.db, loop.id, requests.map(queueItemDraft), Date.now());

  read = (loop: { id: LoopId }): Loop => getLoop(this.db, loop.id);
  named = (name: string): Loop => getLoopByName(this.db, name);
  runs = (loop: { id: LoopId }): LoopRun[] => listRuns(this.db, loop.id).reverse();
  queue = (loop: { id: LoopId }): QueueItem[] => listQueue(this.db, loop.id);
  log = (loop: { id: LoopId }): string => textOf(this.read(loop).logPath);
  ledger = (loop: { id: LoopId }): string => textOf(this.read(loop).ledgerPath);
  /** The lines of the runner, without their times. */
  logLines = (loop: { id: LoopId }): string[] =>
    this.log(loop)
      .split("\n")
      .flatMap((line) => /^\[[^\]]+Z\] (.*)$/.exec(line)?.[1] ?? []);

  untilState = (loop: { id: LoopId }, state: Loop["state"], timeoutMs = 10_000): Promise<unknown> =>
    waitFor(() => this.read(loop).state === state, { what: `the loop to be ${state}`, timeoutMs });

  /** A path in the sandbox, for marks of harnesses. */
  path = (name: string): string => join(this.folder, name);
  lines = (name: string): string[] => textOf(this.path(name)).split("\n").filter(Boolean);
  touch = (name: string): void => writeFileSync(this.path(name), "");

  /** What the supervisor says of itself in `forged.json`. Throws when there is none. */
  get supervisor(): SupervisorInfo {
    const info = readSupervisorInfo(this.config);
    if (info === undefined) throw new Error("there is no forged.json");
    return info;
  }

  get isSupervised(): boolean {
    const info = readSupervisorInfo(this.config);
    return info !== undefined && pidExists(info.pid);
  }

  get supervisorLog(): string {
    return textOf(join(this.dataDir, "logs/forged.log"));
  }

  /** As `kill -9` does: nothing of it is left but files and what it has started. */
  async killSupervisor(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const { pid } = this.supervisor;
    process.kill(pid, signal);
    await waitFor(() => !pidExists(pid), { what: "the supervisor to be gone" });
  }

  /** Asks the supervisor itself. */
  request(method: string, path: string, body?: unknown): Promise<Response> {
    const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
    return fetch(`http://forged${path}`, { ...init, unix: this.supervisor.socket });
  }

  async status(): Promise<SupervisorStatus> {
    return (await (await this.request("GET", "/v1/status")).json()) as SupervisorStatus;
  }

  async hosted(): Promise<HostedLoop[]> {
    return (await (await this.request("GET", "/v1/loops")).json()) as HostedLoop[];
  }

  /** Kills every harness that runs, group by group: nobody of one is left to write down that another was killed. */
  killHarnesses(): void {
    const marked = this.processes().filter((pid) => loadEnvironment(`/proc/${pid}/environ`)?.FORGE_RUN_ID);
    for (const group of new Set(marked.map((pid) => processTable.find(pid)?.group ?? pid))) {
      try {
        process.kill(-group, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    closeDatabase(this.db);
    await super[Symbol.asyncDispose]();
  }
}

const textOf = (path: string | undefined): string =>
  path !== undefined && existsSync(path) ? readFileSync(path, "utf8") : "";
