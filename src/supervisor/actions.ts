import { operationFailed } from "../core/errors.ts";
import { formatTime, type Instant } from "../core/time.ts";
import type { Db } from "../store/database.ts";
import type { SupervisorInfo } from "./address.ts";
import type { SupervisorActions } from "./api.ts";
import type { SupervisorEnding } from "./ending.ts";
import type { EventFeed } from "./event-feed.ts";
import type { EventSources } from "./event-sources.ts";
import type { Executable } from "./executable.ts";
import { countHosted, hostedLoopJson } from "./hosted-loops.ts";
import type { LoopHost } from "./loop-host.ts";
import type { MailService } from "./mail/mail-service.ts";
import type {
  HostedLoop,
  Ping,
  ShutdownMode,
  StartAnswer,
  StartReport,
  StopAnswer,
  SupervisorStatus,
} from "./protocol.ts";
import { HAND_OVER } from "./start-loop.ts";
import { resumeHeld } from "./take-up.ts";

export interface ActionDeps {
  readonly db: Db;
  readonly host: LoopHost;
  readonly feed: EventFeed;
  readonly sources: EventSources;
  readonly ending: SupervisorEnding;
  readonly executable: Executable;
  readonly info: SupervisorInfo;
  readonly dataDir: string;
  readonly mail: Pick<MailService, "watchers">;
  readonly report: StartReport;
  /** When it will end by itself if nothing happens; undefined when something does, or it never will. */
  readonly idleExitAt: () => Instant | undefined;
}

/** What this process does for the clients of its socket. */
export class Actions implements SupervisorActions {
  readonly #deps: ActionDeps;
  readonly #startedAt = performance.now();
  #streams = 0;

  constructor(deps: ActionDeps) {
    this.#deps = deps;
  }

  get feed(): EventFeed {
    return this.#deps.feed;
  }

  /** Clients that follow the events now. */
  get streams(): number {
    return this.#streams;
  }

  streamOpened = (): void => {
    this.#streams++;
  };

  streamClosed = (): void => {
    this.#streams--;
  };

  ping(): Ping {
    const { info, dataDir, report } = this.#deps;
    const { api, version, pid, instance_id, started_at, socket } = info;
    return {
      name: "forged",
      api,
      version,
      pid,
      instance_id,
      data_dir: dataDir,
      started_at,
      socket,
      ...report,
    };
  }

  status(): SupervisorStatus {
    const { ending, idleExitAt } = this.#deps;
    const idle = idleExitAt();
    return {
      ...this.ping(),
      uptime_seconds: Math.floor((performance.now() - this.#startedAt) / 1000),
      draining: ending.mode !== undefined,
      ...countHosted(this.loops()),
      clients: this.#streams + this.#deps.mail.watchers,
      rss_bytes: process.memoryUsage.rss(),
      idle_exit_at: idle === undefined ? undefined : formatTime(idle),
    };
  }

  loops(): readonly HostedLoop[] {
    const { db, host, info } = this.#deps;
    return host.runners.flatMap((runner) => hostedLoopJson(db, info.instance_id, runner) ?? []);
  }

  loop(id: string): HostedLoop | undefined {
    const { db, host, info } = this.#deps;
    const runner = host.find(id);
    return runner && hostedLoopJson(db, info.instance_id, runner);
  }

  async start(id: string): Promise<StartAnswer> {
    const { host, executable, ending, info } = this.#deps;
    if (ending.mode === undefined && (await executable.isReplaced())) ending.begin("handover");
    this.#refuseWhileEnding();
    const { state } = await host.start(id);
    return { loop_id: id, instance_id: info.instance_id, state };
  }

  stop(id: string, options: { force: boolean; waitMs: number }): Promise<StopAnswer> {
    return this.#deps.host.stop(id, options);
  }

  poke(ids: readonly string[] | undefined): void {
    const { host, sources } = this.#deps;
    host.poke(ids);
    sources.pump();
    for (const id of ids ?? host.runners.map(({ loopId }) => loopId)) sources.lookAtQueue(id);
  }

  resume(): number {
    this.#refuseWhileEnding();
    return resumeHeld(this.#deps.host, this.#deps.db);
  }

  shutDown(mode: ShutdownMode): number {
    const { runs } = countHosted(this.loops());
    this.#deps.ending.begin(mode);
    return runs;
  }

  #refuseWhileEnding(): void {
    const { mode, handsOver } = this.#deps.ending;
    if (mode === undefined) return;
    const details = handsOver ? { [HAND_OVER]: true } : undefined;
    throw operationFailed("forged is shutting down", { details });
  }
}
