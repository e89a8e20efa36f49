import type { Config } from "../../src/config/config.ts";
import type { Loop } from "../../src/core/loop.ts";
import { findRunRuntime } from "../../src/store/fx-runs.ts";
import { findOutcome } from "../../src/store/run-outcomes.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

const MINUTE = 60_000;

/** A world whose clock goes on as it does and can be put forward, so that no test has to wait for a stall. */
export class StalledWorld {
  #ahead = 0;

  constructor(readonly world: LoopWorld) {
    world.deps = {
      ...world.deps,
      now: () => Date.now() + this.#ahead,
      ticks: () => performance.now() + this.#ahead,
    };
  }

  static make = async (): Promise<StalledWorld> => new StalledWorld(await LoopWorld.make());

  /** Lets time pass at once; runs are looked at again. */
  pass(minutes: number): void {
    this.#ahead += minutes * MINUTE;
    this.world.wakeUps.poke();
  }

  defaults(values: Partial<Config["loopDefaults"]>): void {
    const { config } = this.world.deps;
    this.world.deps = {
      ...this.world.deps,
      config: { ...config, loopDefaults: { ...config.loopDefaults, ...values } },
    };
  }

  /** Waits until the log of a loop holds a text. */
  logged = (loop: Loop, text: string): Promise<unknown> =>
    waitFor(() => this.world.log(loop).includes(text), { what: `"${text}" in the log` });

  /** The newest run of a loop with what is known of it. */
  lastRun(loop: Loop) {
    const run = this.world.runs(loop).at(-1);
    if (run === undefined) throw new Error("there was no run");
    const { db } = this.world;
    return { run, outcome: findOutcome(db, run.id), runtime: findRunRuntime(db, run.id) };
  }

  outcomes = (loop: Loop) => this.world.runs(loop).map(({ id }) => findOutcome(this.world.db, id)?.outcome);
}
