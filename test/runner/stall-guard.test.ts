import { describe, expect, test } from "bun:test";
import { adapterFor } from "../../src/harness/adapters/adapters.ts";
import { CpuSign } from "../../src/runner/live/cpu-sign.ts";
import { LiveReading } from "../../src/runner/live/live-run.ts";
import { StallGuard, type StallRules } from "../../src/runner/live/stall-guard.ts";
import { timeLimit } from "../../src/runner/live/time-limit.ts";
import { jsonLines } from "../harness/streams.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A run whose signs of life and whose time are what the test says, and what its guard has told about it. */
class Watched {
  at = 0;
  /** CPU time that is used in a second. */
  cpuPerSecond = 0;
  /** When a file was written last. */
  fileAt = Number.NEGATIVE_INFINITY;
  searches = 0;
  samples = 0;
  ended = false;
  readonly told: string[] = [];
  readonly live: LiveReading;
  readonly #guard: StallGuard;
  #cpu = 0;

  constructor(rules: Partial<StallRules> = {}, { harness = "claude", startedAt = 0 } = {}) {
    this.live = new LiveReading(adapterFor(harness), () => this.at);
    const minutes = (time: number) => `${Math.round(time / MINUTE)}m`;
    this.#guard = new StallGuard(
      { firstOutput: 0, stall: 30 * MINUTE, busyFrom: 0.01, isEnded: () => true, ...rules },
      {
        now: () => this.at,
        refresh: async () => this.live.bytes,
        cpuTime: () => {
          this.samples++;
          return this.#cpu;
        },
        hasChangedWithin: async (time) => {
          this.searches++;
          return this.fileAt > this.at - time;
        },
      },
      {
        quiet: async (time) => void this.told.push(`quiet ${minutes(time)}`),
        active: async () => void this.told.push("active"),
        stalled: (time) => void this.told.push(`stalled ${minutes(time)}`),
      },
      startedAt,
    );
  }

  print(...lines: object[]): this {
    this.live.read(Buffer.from(jsonLines(...lines)), this.live.bytes);
    return this;
  }

  /** Lets time pass, looking as often as the guard asks for. `each` happens every ten seconds. */
  async pass(minutes: number, each: () => void = () => {}): Promise<this> {
    const until = this.at + minutes * MINUTE;
    let next = this.at + 10 * SECOND;
    while (this.at < until && !this.ended) {
      const { end, againIn = Number.POSITIVE_INFINITY } = await this.#guard.look(this.live);
      this.ended = end !== undefined;
      if (this.ended) return this;
      expect(againIn).toBeGreaterThan(0);
      const to = Math.min(this.at + againIn, next, until);
      this.#cpu += ((to - this.at) / SECOND) * this.cpuPerSecond;
      this.at = to;
      if (to < next) continue;
      next += 10 * SECOND;
      each();
    }
    return this;
  }
}

const says = { type: "assistant", message: { content: [{ type: "text", text: "hello" }] } };
const calls = {
  type: "assistant",
  message: { content: [{ type: "tool_use", id: "a", name: "Bash", input: {} }] },
};
const retries = { type: "system", subtype: "api_retry", error_status: 529, error: "overloaded" };

describe("a run without signs of life (spec/15 section 6)", () => {
  test("is told of at half of the limit, and ended at the limit", async () => {
    const run = await new Watched().print(says).pass(60);
    expect(run.told).toEqual(["quiet 15m", "stalled 30m"]);
    expect(run.at).toBe(30 * MINUTE);
  });

  test.each<[sign: string, each: (run: Watched) => void]>([
    ["prints bytes that no adapter knows", (run) => run.live.read(Buffer.from("."), run.live.bytes)],
    ["prints events", (run) => run.print({ type: "tool_progress", tool_name: "Bash" })],
    ["changes files", (run) => (run.fileAt = run.at)],
    ["uses a hundredth of a core", (run) => (run.cpuPerSecond = 10)],
  ])("is none while it %s", async (_sign, each) => {
    const run = new Watched().print(says);
    await run.pass(120, () => each(run));
    expect(run.told).toEqual([]);
  });

  test("is one again when it uses less than a hundredth of a core", async () => {
    const run = new Watched().print(says);
    run.cpuPerSecond = 9;
    expect((await run.pass(60)).told).toEqual(["quiet 15m", "stalled 30m"]);
  });

  test("that gives one after the warning is well again, and may be silent once more", async () => {
    const run = await new Watched().print(says).pass(20);
    run.fileAt = run.at;
    await run.pass(60);
    expect(run.told).toEqual(["quiet 15m", "active", "quiet 15m", "stalled 30m"]);
  });

  test("has twice the time inside a tool call", async () => {
    const run = await new Watched().print(calls).pass(120);
    expect(run.told).toEqual(["quiet 30m", "stalled 60m"]);
  });

  test("is not saved by retries: ten in a row tell no more than silence does", async () => {
    const run = new Watched().print(says);
    await run.pass(60, () => run.print(retries));
    expect(run.told).toEqual(["quiet 15m", "stalled 30m"]);
  });

  test("is saved by retries that work comes between", async () => {
    const run = new Watched().print(says);
    let count = 0;
    await run.pass(60, () => run.print(++count % 9 === 0 ? says : retries));
    expect(run.told).toEqual([]);
  });

  test("is only told of where nobody may end it", async () => {
    const run = await new Watched({ isEnded: () => false }, { harness: "" }).pass(120);
    expect(run.told).toEqual(["quiet 15m"]);
    expect(run.ended).toBe(false);
    expect(run.searches).toBeLessThanOrEqual(8);
  });

  test("is looked at by files only from half of the limit on, and not each time; a busy one by nothing", async () => {
    const silent = await new Watched().print(says).pass(14);
    expect(silent.searches).toBe(0);
    expect((await silent.pass(60)).searches).toBeLessThan(12);
    const busy = new Watched().print(says);
    await busy.pass(60, () => busy.print(says));
    expect(busy.samples).toBe(0);
  });

  test("has half of its time left when a runner takes it up, however long it was silent before", async () => {
    const run = await new Watched({}, { startedAt: -90 * MINUTE }).pass(60);
    expect(run.told).toEqual(["quiet 15m", "stalled 30m"]);
    expect(run.at).toBe(15 * MINUTE);
  });

  test("may be silent for ever with a limit of 0", async () => {
    const run = new Watched({ stall: 0 });
    await run.pass(600);
    expect(run.told).toEqual([]);
  });
});

describe("a run without output (--first-output)", () => {
  test("is ended, whatever it does", async () => {
    const run = new Watched({ firstOutput: 5 * MINUTE });
    run.cpuPerSecond = 500;
    await run.pass(60);
    expect(run.told).toEqual(["stalled 5m"]);
    expect(run.at).toBe(5 * MINUTE);
  });

  test("is none when it has printed a byte", async () => {
    const run = new Watched({ firstOutput: 5 * MINUTE, stall: 0 });
    await run.pass(4);
    run.live.read(Buffer.from("x"), 0);
    await run.pass(60);
    expect(run.told).toEqual([]);
  });
});

test("CPU time counts in the minute in which it was used only", () => {
  const cpu = new CpuSign(MINUTE, 0.01);
  expect(cpu.worksAt(0, 5000)).toBe(false);
  expect(cpu.worksAt(15_000, 5500)).toBe(false);
  expect(cpu.worksAt(30_000, 5600)).toBe(true);
  expect(cpu.worksAt(45_000, 5600)).toBe(true);
  expect(cpu.worksAt(76_000, 5600)).toBe(false);
  // A process that has gone took its time along.
  expect(cpu.worksAt(90_000, 100)).toBe(false);
  // Samples that lie further apart than a minute tell nothing of the last one.
  expect(cpu.worksAt(600_000, 9000)).toBe(false);
});

test("a run is ended at its time limit, counted from its start", async () => {
  let at = 0;
  const why: string[] = [];
  const guard = timeLimit({
    limit: 2 * MINUTE,
    startedAt: -MINUTE,
    now: () => at,
    onEnd: (text) => why.push(text),
  });
  const live = new LiveReading(adapterFor("pi"), () => at);
  expect(await guard.look(live)).toEqual({ againIn: MINUTE });
  at = MINUTE;
  expect(await guard.look(live)).toEqual({ end: { kind: "timeout" } });
  expect(why).toEqual(["reached its time limit of 2m0s; ending"]);
});
