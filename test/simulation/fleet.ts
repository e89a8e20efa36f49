import { type Config, loadConfig } from "../../src/config/config.ts";
import type { LoopId, PoolId, ProfileId, RunId } from "../../src/core/ids.ts";
import { stopsProfile } from "../../src/core/outcome.ts";
import type { Profile } from "../../src/core/profile.ts";
import type { ProfileWait } from "../../src/core/profile-wait.ts";
import type { Instant } from "../../src/core/time.ts";
import { selectProfile } from "../../src/runner/profile-selection.ts";
import { turnAfter, waitPatch } from "../../src/runner/waiting.ts";
import { takeOwnership } from "../../src/store/fx-loops.ts";
import { patchRun } from "../../src/store/fx-runs.ts";
import { patchLoop } from "../../src/store/loop-updates.ts";
import { createLoop, getLoop } from "../../src/store/loops.ts";
import { addPoolMember } from "../../src/store/pool-members.ts";
import { createPool } from "../../src/store/pools.ts";
import { endProbe, isProbe } from "../../src/store/profile-probe.ts";
import { countOlderWaiters } from "../../src/store/profile-waiters.ts";
import { createProfile, findProfile } from "../../src/store/profiles.ts";
import { claimRun } from "../../src/store/run-claim.ts";
import { settleRun } from "../../src/store/run-settlement.ts";
import { sampleClaim, sampleSettlement } from "../store/support/samples.ts";
import { inMemory } from "../store/support/temporary-store.ts";
import { type Account, MINUTE } from "./account.ts";
import { type AgentEnd, toldBy } from "./agent-output.ts";
import { Timeline } from "./timeline.ts";

const SECOND = 1000;
const PROBE_MS = 60 * SECOND;
const INSTANCE = "simulation";
/** From the start of a run to the first words of its model, and to a refusal. */
const FIRST_WORDS_MS = 20 * SECOND;
const REFUSED_AFTER_MS = 3 * SECOND;
/** Turns of waiters are over by then. */
export const TURNS_MS = 500;

export interface SimulatedLoop {
  readonly id: LoopId;
  readonly name: string;
  /** Loops that draw from the same profiles. */
  readonly draw: string;
  readonly epoch: number;
  readonly tried: Set<ProfileId>;
  waiting: { readonly wait: ProfileWait; readonly since: Instant } | undefined;
  isRunning: boolean;
  done: number;
}

export interface RunNotice {
  readonly loop: SimulatedLoop;
  readonly profile: Profile;
  readonly runId: RunId;
}

/** Hears of what the loops do, to judge it by rules of its own. */
export interface Witness {
  started(run: RunNotice): void;
  answered(run: RunNotice): void;
  ended(run: RunNotice, end: AgentEnd): void;
  /** The clock is about to move. */
  resting(next: Instant): void;
}

export interface FleetPlan {
  /** In [0, 1). Ids are made of it, too: the jitter of a reset depends on them. */
  readonly random: () => number;
  readonly start: Instant;
  readonly maxConcurrency: number;
  readonly intervalMs: number;
  /** Minutes that the next run wants to work. */
  readonly work: () => number;
  /** How a run ends that nothing was refused to. */
  readonly end: (profile: Profile, now: Instant) => AgentEnd;
}

/**
 * Loops on a virtual clock: which profile a run gets, its claim, its outcome, what that does to the profile, and how loops
 * wait are those of Forge, on a database of its own; agents, providers and time are simulated.
 */
export class Fleet implements Disposable {
  readonly db = inMemory();
  readonly timeline: Timeline;
  readonly loops: SimulatedLoop[] = [];
  readonly profiles: Profile[] = [];
  readonly poolId: PoolId;
  readonly #accounts = new Map<ProfileId, Account>();
  readonly #config: Config;
  readonly #plan: FleetPlan;
  witness: Witness | undefined;

  static async make(accounts: readonly Account[], plan: FleetPlan): Promise<Fleet> {
    const { config } = await loadConfig({ env: {}, cwd: "/" });
    return new Fleet(accounts, plan, config);
  }

  private constructor(accounts: readonly Account[], plan: FleetPlan, config: Config) {
    this.#plan = plan;
    this.#config = config;
    this.timeline = new Timeline(plan.start);
    this.poolId = createPool(
      this.db,
      { id: this.#id<PoolId>(), name: "main", isDefault: true },
      plan.start,
    ).id;
    for (const account of accounts) this.#addProfile(account);
  }

  #id<T extends string>(): T {
    const digits = Array.from({ length: 32 }, () => Math.floor(this.#plan.random() * 16).toString(16));
    // What makes it an id of this kind is that nothing else makes ids here.
    return digits.join("") as T;
  }

  #addProfile(account: Account): void {
    const { start, maxConcurrency } = this.#plan;
    const draft = {
      id: this.#id<ProfileId>(),
      name: account.name,
      harness: "claude",
      commandTemplate: "true",
      maxConcurrency,
    };
    const profile = createProfile(this.db, draft, start);
    addPoolMember(this.db, { poolId: this.poolId, profileId: profile.id }, start);
    this.profiles.push(profile);
    this.#accounts.set(profile.id, account);
  }

  /** Starts a loop at some time; without a profile it draws from the pool. */
  start(name: string, at: Instant, profileId?: ProfileId): void {
    const draft = {
      id: this.#id<LoopId>(),
      name,
      repoPath: "/r",
      profileId,
      poolId: profileId ? undefined : this.poolId,
    };
    const { id } = createLoop(this.db, draft, at);
    const owner = { owner: "daemon", instanceId: INSTANCE, bootId: "b" } as const;
    const epoch = takeOwnership(this.db, id, owner, at);
    const state = { waiting: undefined, isRunning: false, done: 0, tried: new Set<ProfileId>() };
    const loop: SimulatedLoop = { id, name, epoch, draw: profileId ?? this.poolId, ...state };
    this.loops.push(loop);
    this.timeline.at(at, () => this.#pass(loop));
  }

  /** Some profile may be free: whoever has waited longest looks first. */
  slotFreed(): void {
    for (const draw of new Set(this.waiters().map((loop) => loop.draw))) this.#offer(draw);
  }

  waiters(): SimulatedLoop[] {
    return this.loops.filter(({ waiting }) => waiting !== undefined);
  }

  /** A loop that comes from a rest, or from a run, gives way to those that wait. */
  #comeBack(loop: SimulatedLoop): void {
    const waiting = this.waiters().filter(({ draw }) => draw === loop.draw);
    this.timeline.after(turnAfter(waiting.length), () => this.#pass(loop));
  }

  /**
   * Waiters look again when a cooldown ends, and when a probe has said nothing for too long. What Forge does besides, which
   * is to renew the wait for a busy profile every few seconds, would show nothing but the same.
   */
  #lookAgain(at: Instant | undefined): void {
    if (at !== undefined && at > this.timeline.now) this.timeline.at(at, () => this.slotFreed());
  }

  #offer(draw: string): void {
    const [oldest] = this.waiters()
      .filter((loop) => loop.draw === draw)
      .toSorted(byPatience);
    if (oldest === undefined || this.#select(oldest).profile === undefined) return;
    if (this.#olderThan(oldest) > 0) throw new Error(`${oldest.name} is not the oldest`);
    this.#pass(oldest);
    // Its turn taken, the next one looks at once.
    this.#offer(draw);
  }

  #olderThan({ id, waiting }: SimulatedLoop): number {
    const isForBudget = waiting?.wait.kind === "budget";
    return countOlderWaiters(this.db, getLoop(this.db, id), { since: waiting?.since ?? 0, isForBudget });
  }

  #select(loop: SimulatedLoop) {
    const context = { db: this.db, config: this.#config, now: this.timeline.now, tried: loop.tried };
    return selectProfile(context, getLoop(this.db, loop.id));
  }

  #pass(loop: SimulatedLoop): void {
    if (loop.isRunning) return;
    const { db } = this;
    const { now } = this.timeline;
    const selection = this.#select(loop);
    if (selection.profile === undefined) {
      this.#wait(loop, selection.wait);
      return;
    }
    const { profile, member } = selection;
    const claim = sampleClaim(getLoop(db, loop.id), profile, {
      runId: this.#id<RunId>(),
      epoch: loop.epoch,
      instanceId: INSTANCE,
      member,
    });
    if (!claimRun(db, claim, now).claimed) throw new Error("nobody else could have taken the slot");
    if (isProbe(db, claim.runId)) this.#lookAgain(Math.floor(now / SECOND) * SECOND + PROBE_MS);
    patchRun(db, claim.runId, { phase: "spawned", spawnedAt: now }, loop.epoch);
    this.#run({ loop, profile, runId: claim.runId });
  }

  #wait(loop: SimulatedLoop, wait: ProfileWait): void {
    const { now } = this.timeline;
    const since = loop.waiting?.wait.kind === wait.kind ? loop.waiting.since : now;
    patchLoop(this.db, loop.id, waitPatch(wait, since), now);
    loop.waiting = { wait, since };
    if (wait.kind === "budget") this.#lookAgain(wait.until);
    loop.tried.clear();
  }

  #run(run: RunNotice): void {
    const { loop, profile } = run;
    const { now } = this.timeline;
    loop.isRunning = true;
    this.witness?.started(run);
    loop.waiting = undefined;
    const planned = this.#plan.end(profile, now);
    const isUp = planned.kind === "done" || planned.kind === "failed";
    const grant = isUp ? this.#accounts.get(profile.id)?.begin(this.#plan.work(), now) : undefined;
    const works = (grant?.minutes ?? 0) * MINUTE;
    if (works > FIRST_WORDS_MS) this.timeline.after(FIRST_WORDS_MS, () => this.#answer(run));
    const end: AgentEnd = grant?.refusal ? { kind: "limited", refusal: grant.refusal } : planned;
    this.timeline.after(Math.max(works, REFUSED_AFTER_MS), () => this.#end(run, end));
  }

  #answer(run: RunNotice): void {
    this.witness?.answered(run);
    if (!isProbe(this.db, run.runId)) return;
    endProbe(this.db, run.runId);
    this.slotFreed();
  }

  #end(run: RunNotice, end: AgentEnd): void {
    const { loop, profile, runId } = run;
    const { now } = this.timeline;
    const told = toldBy(end, { runId, profileId: profile.id }, now);
    const isDone = !stopsProfile(told.outcome);
    const settled = settleRun(
      this.db,
      sampleSettlement(
        { runId, loopId: loop.id },
        {
          epoch: loop.epoch,
          status: end.kind === "done" ? "success" : "error",
          countsAsIteration: isDone,
          limits: this.#config.limits,
          told,
        },
      ),
      now,
    );
    if (!settled.settled) throw new Error(settled.reason);
    loop.isRunning = false;
    this.witness?.ended(run, end);
    this.#lookAgain(findProfile(this.db, profile.id)?.cooldownUntil);
    this.slotFreed();
    if (isDone) {
      loop.tried.clear();
      loop.done++;
      this.timeline.after(this.#plan.intervalMs, () => this.#comeBack(loop));
    } else {
      loop.tried.add(profile.id);
      this.#comeBack(loop);
    }
  }

  [Symbol.dispose](): void {
    this.db.close();
  }
}

const byPatience = (one: SimulatedLoop, other: SimulatedLoop): number =>
  (one.waiting?.since ?? 0) - (other.waiting?.since ?? 0) || (one.id < other.id ? -1 : 1);
