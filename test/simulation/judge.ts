import type { ProfileId } from "../../src/core/ids.ts";
import type { Instant } from "../../src/core/time.ts";
import { MINUTE } from "./account.ts";
import type { AgentEnd } from "./agent-output.ts";
import { type Fleet, type RunNotice, TURNS_MS, type Witness } from "./fleet.ts";

/** What is known of a profile by watching its runs alone, without asking the code that is judged. */
interface Seen {
  /** The latest reset that a provider has named. */
  limitedUntil: Instant;
  /** Since a limit no run has shown that it is over. */
  isDoubtful: boolean;
  /** The first run after a limit, while others wait for what it finds. */
  probe: { readonly run: RunNotice; readonly since: Instant } | undefined;
  isParked: boolean;
  /** Its provider has failed since it last did its work. */
  hasOutage: boolean;
  running: number;
}

const PROBE_MS = MINUTE;
/** 15 s, and what is rounded up to a whole second. */
const LONGEST_JITTER_MS = 16_000;

/** Holds a fleet to the rules of spec/15 section 4, and writes down where it breaks one. */
export class Judge implements Witness {
  readonly complaints: string[] = [];
  readonly runs = { done: 0, limited: 0, other: 0 };
  readonly #fleet: Fleet;
  readonly #seen = new Map<ProfileId, Seen>();
  readonly #maxConcurrency: number;

  constructor(fleet: Fleet, maxConcurrency: number) {
    this.#fleet = fleet;
    this.#maxConcurrency = maxConcurrency;
  }

  started(run: RunNotice): void {
    const seen = this.#of(run.profile.id);
    const { now } = this.#fleet.timeline;
    if (now < seen.limitedUntil) this.#complain(run, "started on a cooled profile");
    if (seen.isParked) this.#complain(run, "started on a parked profile");
    if (seen.running >= this.#maxConcurrency) this.#complain(run, "took a slot that was not there");
    if (seen.probe && now < seen.probe.since + PROBE_MS) this.#complain(run, "started beside a probe");
    const { waiting } = run.loop;
    const overtaken = this.#fleet
      .waiters()
      .some(
        (other) =>
          other.draw === run.loop.draw && waiting && other.waiting && other.waiting.since < waiting.since,
      );
    if (overtaken) this.#complain(run, "overtook a loop that waits longer");
    seen.running++;
    const othersWait = this.#fleet
      .waiters()
      .some((loop) => loop !== run.loop && this.#couldUse(loop.draw, run));
    if (seen.isDoubtful && othersWait) seen.probe = { run, since: now };
    seen.isDoubtful = false;
  }

  answered(run: RunNotice): void {
    const seen = this.#of(run.profile.id);
    if (seen.probe?.run === run) seen.probe = undefined;
  }

  ended(run: RunNotice, end: AgentEnd): void {
    const seen = this.#of(run.profile.id);
    seen.running--;
    if (end.kind === "done" || end.kind === "failed") this.answered(run);
    switch (end.kind) {
      case "done":
        this.runs.done++;
        seen.hasOutage = false;
        return;
      case "limited":
        this.runs.limited++;
        seen.limitedUntil = Math.max(seen.limitedUntil, end.refusal.resetAt);
        seen.isDoubtful = true;
        seen.probe = undefined;
        return;
      case "outage":
        seen.hasOutage = true;
        this.runs.other++;
        return;
      case "no login":
        seen.isParked = true;
        this.runs.other++;
        return;
      default:
        this.runs.other++;
    }
  }

  /** A person has cleared a profile. */
  cleared(id: ProfileId): void {
    const { running } = this.#of(id);
    this.#seen.delete(id);
    this.#of(id).running = running;
  }

  parked(id: ProfileId): void {
    this.#of(id).isParked = true;
  }

  /** Nobody waits while a profile is free. */
  resting(next: Instant): void {
    const { now } = this.#fleet.timeline;
    if (next - now <= TURNS_MS) return;
    const waiters = this.#fleet.waiters();
    if (waiters.length === 0) return;
    for (const { id, name } of this.#fleet.profiles) {
      if (!this.#isFree(id)) continue;
      const waiting = waiters.find(
        ({ draw, waiting }) =>
          (draw === id || draw === this.#fleet.poolId) && waiting?.wait.kind !== "budget",
      );
      if (waiting) this.complaints.push(`${at(now)} ${waiting.name} waits while ${name} is free`);
    }
  }

  /** By what the providers have said, and for their outages, of which they say nothing, by the row that every program sees. */
  #isFree(id: ProfileId): boolean {
    const { now } = this.#fleet.timeline;
    const { isParked, probe, limitedUntil, hasOutage, running } = this.#of(id);
    if (isParked || (probe && now < probe.since + PROBE_MS)) return false;
    if (now < limitedUntil + LONGEST_JITTER_MS || (hasOutage && this.#isCooling(id))) return false;
    return running < this.#maxConcurrency;
  }

  #isCooling(id: ProfileId): boolean {
    const row = this.#fleet.db
      .query<{ cooldown_until: string | null }, [string]>("SELECT cooldown_until FROM profiles WHERE id = ?")
      .get(id);
    return Date.parse(row?.cooldown_until ?? "") > this.#fleet.timeline.now;
  }

  #couldUse(draw: string, { profile }: RunNotice): boolean {
    return draw === profile.id || draw === this.#fleet.poolId;
  }

  #of(id: ProfileId): Seen {
    const nothing = {
      limitedUntil: 0,
      isDoubtful: false,
      probe: undefined,
      isParked: false,
      hasOutage: false,
      running: 0,
    };
    const seen = this.#seen.get(id) ?? nothing;
    this.#seen.set(id, seen);
    return seen;
  }

  #complain({ loop, profile }: RunNotice, what: string): void {
    this.complaints.push(`${at(this.#fleet.timeline.now)} ${loop.name} ${what} (${profile.name})`);
  }
}

const at = (now: Instant): string => new Date(now).toISOString();
