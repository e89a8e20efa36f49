import type { RunId } from "../../src/core/ids.ts";
import { toMicros } from "../../src/core/outcome.ts";
import { listReservations } from "../../src/store/reservations.ts";
import { DAY } from "./account.ts";
import type { AgentEnd } from "./agent-output.ts";
import type { Fleet, RunNotice, Witness } from "./fleet.ts";

/** Adds up what the runs of each day have cost, and holds it to a hard budget per day (spec/15 section 5.2). */
export class Spender implements Witness {
  readonly complaints: string[] = [];
  /** In millionths of a dollar, by number of the day. */
  readonly spent = new Map<number, number>();
  /** What runs have cost above what was set aside for them. */
  readonly #excess = new Map<number, number>();
  readonly #reserved = new Map<RunId, number>();
  readonly #fleet: Fleet;
  readonly #capMicros: number;

  constructor(fleet: Fleet, capMicros: number) {
    this.#fleet = fleet;
    this.#capMicros = capMicros;
  }

  started({ loop, runId }: RunNotice): void {
    const [reservation] = listReservations(this.#fleet.db, runId);
    if (reservation === undefined) this.complaints.push(`nothing was set aside for a run of ${loop.name}`);
    const amount = reservation?.amount ?? 0;
    const reserved = this.#reserved.values().reduce((sum, one) => sum + one, 0);
    const day = this.#day();
    if ((this.spent.get(day) ?? 0) + reserved + amount > this.#capMicros)
      this.complaints.push(`day ${day}: ${loop.name} started beyond the budget`);
    this.#reserved.set(runId, amount);
  }

  ended({ runId }: RunNotice, end: AgentEnd): void {
    const cost = end.kind === "done" ? toMicros(end.costUsd) : 0;
    const day = this.#day();
    const spent = (this.spent.get(day) ?? 0) + cost;
    const excess = (this.#excess.get(day) ?? 0) + Math.max(0, cost - (this.#reserved.get(runId) ?? 0));
    this.spent.set(day, spent);
    this.#excess.set(day, excess);
    this.#reserved.delete(runId);
    if (spent > this.#capMicros + excess) this.complaints.push(`day ${day}: spent ${spent}`);
  }

  answered(): void {}
  resting(): void {}

  #day = (): number => Math.floor(this.#fleet.timeline.now / DAY);
}
