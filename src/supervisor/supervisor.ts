/**
 * The supervisor: one process per data directory that hosts loops as tasks and answers on a unix socket. What enters this
 * room: hosting, the socket, its clients. What must not: what a runner does (`runner/`), flags and output (`cli/`).
 */
import {
  cleanupMarkPath,
  databasePath,
  dataDir,
  loopEnvironmentPath,
  supervisorLockPath,
} from "../config/paths.ts";
import type { Milliseconds } from "../core/duration.ts";
import { operationFailed, toForgeError } from "../core/errors.ts";
import { formatTime } from "../core/time.ts";
import { detachedEnvironment, loadEnvironment } from "../process/environment.ts";
import { FileLock, lockHolder } from "../process/file-lock.ts";
import { currentBootId } from "../process/identity.ts";
import { faultPointsFrom } from "../runner/fault-points.ts";
import { WakeUps } from "../runner/wake-ups.ts";
import { closeDatabase, type Db, openDatabase } from "../store/database.ts";
import { listRepositories } from "../store/repositories.ts";
import { Actions } from "./actions.ts";
import type { SupervisorInfo } from "./address.ts";
import { answer } from "./api.ts";
import { ChangeWatch } from "./change-watch.ts";
import { type EndMode, SupervisorEnding } from "./ending.ts";
import { EventFeed } from "./event-feed.ts";
import { EventSources } from "./event-sources.ts";
import { Executable } from "./executable.ts";
import { writeFailure } from "./failed-runner.ts";
import type { TcpAddress } from "./guard.ts";
import { HookRunner } from "./hooks/hook-runner.ts";
import { Housekeeping } from "./housekeeping.ts";
import { removeInfo, writeInfo } from "./info-file.ts";
import type { SupervisorLog } from "./log.ts";
import { LoopHost, type LoopHostDeps } from "./loop-host.ts";
import { MailService } from "./mail/mail-service.ts";
import type { RelaySettings } from "./mail/relay.ts";
import { API } from "./protocol.ts";
import { RegularCleanup } from "./regular-cleanup.ts";
import { listenOnSocket, listenOnTcp } from "./server.ts";
import { listenForSignals } from "./signals.ts";
import { prepareSocketPath } from "./socket-path.ts";
import { type SpawningCaller, spawnForge } from "./spawn-forge.ts";
import { type TakeUpRules, takeUpLoops } from "./take-up.ts";

export interface SupervisorOptions extends SpawningCaller {
  readonly version: string;
  /** The configuration file, for the log. */
  readonly configFile: string | undefined;
  /** Started by a client: ends when it has nothing to do, and starts its own successor. */
  readonly inBackground: boolean;
  readonly takeUp: TakeUpRules;
  /** Where it listens beside its socket. */
  readonly tcp?: (TcpAddress & { readonly token: string }) | undefined;
  /** Where it serves agent mail beside the sockets in the mailboxes. */
  readonly mailTcp?: (TcpAddress & { readonly token: string }) | undefined;
  /** Other hosts whose mail it takes over. */
  readonly mailRelay?: RelaySettings | undefined;
  readonly log: SupervisorLog;
}

/** The service manager shall start it again; it was replaced by another executable (`EX_TEMPFAIL` of sysexits.h). */
const START_ME_AGAIN = 75;
/** The supervisor before this one may need a moment to be gone. */
const LOCK_WITHIN_MS: Milliseconds = 3000;
/** What hooks may take at the end, when runs may end by themselves, and when it is wanted soon. */
const HOOKS_END_WITHIN_MS = { drain: 10_000, soon: 1000 } as const;
/** SQLite's own wait would stop every loop: transactions are tried again without blocking. */
const NO_BLOCKING_WAIT = 0;

/**
 * Runs until it is asked to end, and returns the exit code. Throws `failed to start forged: it is already running (pid <n>)`,
 * and what keeps it from listening or from opening the database.
 */
export async function runSupervisor(options: SupervisorOptions): Promise<number> {
  const { config, world, log } = options;
  log.info("forged starting");
  const instanceId = crypto.randomUUID();
  using _lock = await takeLock(options, instanceId);
  const db = openDatabase(databasePath(config), {
    mode: "write",
    busyTimeoutMs: NO_BLOCKING_WAIT,
    onWarning: (text) => log.warn(text),
  });
  keepAlive(log);
  const info: SupervisorInfo = {
    pid: process.pid,
    started_at: formatTime(world.now()),
    boot_id: currentBootId(),
    version: options.version,
    api: API,
    instance_id: instanceId,
    socket: prepareSocketPath(config, world.env),
    executable: world.executable,
  };
  const mode = await serve(options, db, info);
  removeInfo(config, info);
  closeDatabase(db);
  return exitCode(options, mode);
}

/** Hosts and answers until the end. */
async function serve(options: SupervisorOptions, db: Db, info: SupervisorInfo): Promise<EndMode> {
  const { config, world, log, tcp, inBackground } = options;
  const feed = new EventFeed();
  const sources = new EventSources(db, feed, world.now);
  using wakeUps = new WakeUps(db);
  const host = new LoopHost(hostDeps(options, db, info, sources, wakeUps));
  const ending = new SupervisorEnding(host, log);
  const executable = new Executable(world.executable);
  using hooks = new HookRunner({ db, config, world, warn: (text, fields) => log.warn(text, fields) });
  using _stored = feed.subscribe(hooks.wake);

  // Listening can fail, and must not do so when loops run already; requests wait until they do.
  const ready = Promise.withResolvers<{ actions: Actions; housekeeping: Housekeeping }>();
  const answered = async (request: Request) => {
    const { actions, housekeeping } = await ready.promise;
    housekeeping.touch();
    return answer(request, actions);
  };
  await using listeners = new AsyncDisposableStack();
  listeners.use(listenOnSocket(info.socket, answered));
  if (tcp) listeners.use(listenOnTcp(tcp, tcp.token, answered));

  const report = await takeUpLoops(host, { db, config, now: world.now }, options.takeUp).catch(
    async (thrown) => {
      await ending.leave();
      throw thrown;
    },
  );
  using mail = new MailService({
    repositories: () => listRepositories(db),
    now: world.now,
    random: world.random,
    warn: (text) => log.warn(text),
    tcp: options.mailTcp,
    relay: options.mailRelay,
  });
  const actions = new Actions({
    ...{ mail, db, host, feed, sources, ending, executable, info, report },
    dataDir: dataDir(config),
    idleExitAt: () => housekeeping.idleExitAt(),
  });
  using housekeeping = new Housekeeping({
    ending,
    executable,
    lockPath: supervisorLockPath(config),
    idleExit: inBackground ? config.daemon.idleExit : 0,
    hostsLoops: () => host.runners.length > 0,
    isInUse: () => actions.streams > 0 || hooks.isBusy || mail.watchers > 0,
    now: world.now,
  });
  using _cleanup = new RegularCleanup({
    markPath: cleanupMarkPath(config),
    every: config.eventRetention.cleanupInterval,
    now: world.now,
    begin: () => spawnForge(options, { words: ["gc", "--quiet"], cwd: "/" }),
    onFailure: (thrown) => log.warn("cleanup failed", { error: toForgeError(thrown).message }),
  });
  using _changes = new ChangeWatch(db, () => {
    sources.pump();
    hooks.wake();
    mail.repositoriesChanged();
    if (actions.streams > 0) for (const { loopId } of host.runners) sources.lookAtQueue(loopId);
  });
  listenForSignals(ending, { inBackground });
  writeInfo(config, info);
  ready.resolve({ actions, housekeeping });
  hooks.wake();
  log.info("forged ready", { socket: info.socket, config: options.configFile ?? "" });
  if (report.resumed > 0) log.info("loops go on", { count: report.resumed });
  const mode = await ending.done;
  // Nothing is tidied up: what lies in the place of its files may be another supervisor's by now.
  if (mode === "lost") process.exit(1);
  await hooks.end(mode === "drain" ? HOOKS_END_WITHIN_MS.drain : HOOKS_END_WITHIN_MS.soon);
  return mode;
}

function hostDeps(
  { config, world, log }: SupervisorOptions,
  db: Db,
  { instance_id }: SupervisorInfo,
  { observer }: EventSources,
  wakeUps: WakeUps,
): LoopHostDeps {
  const ownEnvironment = detachedEnvironment(world.env);
  const deps = { db, config, now: world.now, owner: "daemon" } as const;
  return {
    ...deps,
    wakeUps,
    observer,
    instanceId: instance_id,
    environmentOf: (id) => loadEnvironment(loopEnvironmentPath(config, id)) ?? ownEnvironment,
    faultPoint: faultPointsFrom(world.env),
    onEnded: (loopId, end) => {
      if (!("failure" in end)) return log.info("loop ended", { loop: loopId, end: end.end });
      log.error("loop failed", { loop: loopId, error: end.failure.message });
      void writeFailure(deps, loopId, end.failure);
    },
  };
}

async function takeLock({ config, inBackground }: SupervisorOptions, instanceId: string): Promise<FileLock> {
  const path = supervisorLockPath(config);
  const deadline = performance.now() + (inBackground ? LOCK_WITHIN_MS : 0);
  for (;;) {
    const lock = await FileLock.acquire(path, `${process.pid} ${instanceId}\n`);
    if (lock !== undefined) return lock;
    if (performance.now() >= deadline) break;
  }
  const [pid] = lockHolder(path).split(" ");
  throw operationFailed(`failed to start forged: it is already running (pid ${pid})`);
}

/** An error that nobody has caught must not take all loops with it. */
function keepAlive(log: SupervisorLog): void {
  const tell = (thrown: unknown) =>
    log.error("unexpected error", {
      error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
    });
  process.on("uncaughtException", tell).on("unhandledRejection", tell);
}

function exitCode(options: SupervisorOptions, mode: EndMode): number {
  if (mode !== "handover") return 0;
  if (!options.inBackground) return START_ME_AGAIN;
  // It waits until this process has given the lock back.
  spawnForge(options, { words: ["--background", "--on-demand"], cwd: "/", argv0: "forged" });
  return 0;
}
