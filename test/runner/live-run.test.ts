import { describe, expect, test } from "bun:test";
import { adapterFor } from "../../src/harness/adapters/adapters.ts";
import { LiveReading } from "../../src/runner/live/live-run.ts";
import { type RunGuard, RunGuards } from "../../src/runner/live/run-guards.ts";
import { jsonLines } from "../harness/streams.ts";
import { waitFor } from "../support/wait-for.ts";

/** A run that is read while a clock stands still between two steps. */
class Reading {
  at = 0;
  readonly live: LiveReading;

  constructor(harness: string) {
    this.live = new LiveReading(adapterFor(harness), () => this.at);
  }

  print(at: number, ...lines: object[]): this {
    this.at = at;
    this.live.read(Buffer.from(jsonLines(...lines)), this.live.bytes);
    return this;
  }
}

const says = { type: "assistant", message: { content: [{ type: "text", text: "hello" }] } };
const calls = (id: string) => ({
  type: "assistant",
  message: { content: [{ type: "tool_use", id, name: "Bash", input: {} }] },
});
const answers = (id: string) => ({
  type: "user",
  message: { content: [{ type: "tool_result", tool_use_id: id }] },
});
const retries = { type: "system", subtype: "api_retry", error_status: 529, error: "overloaded" };
const result = { type: "result", subtype: "success", is_error: false, total_cost_usd: 0.25, result: "done" };

describe("what a run tells while it goes on (spec/15 section 1)", () => {
  test("when it printed last, what of it was an event, and whether its model has answered", () => {
    const reading = new Reading("claude").print(5, { type: "system", subtype: "init", session_id: "s" });
    expect(reading.live).toMatchObject({ lastByteAt: 5, lastEventAt: 5, hasAnswered: false });
    reading.at = 7;
    reading.live.read(Buffer.from("npm noise\n"), reading.live.bytes);
    expect(reading.live).toMatchObject({ lastByteAt: 7, lastEventAt: 5, lastWorkAt: undefined });
    reading.print(9, says);
    expect(reading.live).toMatchObject({ lastEventAt: 9, lastWorkAt: 9, hasAnswered: true });
  });

  test("what the CLI says itself, such as the text of a limit, is no answer of the model", () => {
    const message = { model: "<synthetic>", content: [{ type: "text", text: "You've hit your limit" }] };
    const reading = new Reading("claude").print(3, { type: "assistant", message, error: "rate_limit" });
    expect(reading.live).toMatchObject({ lastEventAt: 3, hasAnswered: false });
  });

  test("which tool calls are in progress", () => {
    const reading = new Reading("claude").print(1, calls("a"), calls("b"));
    expect(reading.live).toMatchObject({ toolsInProgress: 2, hasAnswered: true });
    expect(reading.print(2, answers("a")).live.toolsInProgress).toBe(1);
    expect(reading.print(3, answers("b")).live.toolsInProgress).toBe(0);
  });

  test("how often it has tried again since it worked last", () => {
    const reading = new Reading("claude").print(1, says).print(2, retries, retries);
    expect(reading.live).toMatchObject({ retriesInRow: 2, lastWorkAt: 1, lastEventAt: 2 });
    expect(reading.print(3, { type: "stream_event", event: {} }).live).toMatchObject({ retriesInRow: 0 });
  });

  test("that it is done, until it goes on after all; and what it has cost so far", () => {
    const reading = new Reading("claude").print(4, result);
    expect(reading.live.doneAt).toBe(4);
    expect(reading.live.signs.costUsd).toBe(0.25);
    expect(reading.print(6, { type: "system", subtype: "task_progress" }).live.doneAt).toBe(6);
    expect(reading.print(8, says).live.doneAt).toBeUndefined();
  });

  test("the same for a runner that takes it up and reads from the beginning, in pieces that overlap", () => {
    const output = Buffer.from(jsonLines(calls("a"), answers("a"), says, result));
    const live = new LiveReading(adapterFor("claude"), () => 5, { bytes: 200, at: 1 });
    for (const [from, to] of [
      [0, 100],
      [50, 200],
      [200, output.length],
    ] as const)
      live.read(output.subarray(from, to), from);
    expect(live).toMatchObject({ bytes: output.length, toolsInProgress: 0, doneAt: 5 });
    expect(live.signs).toMatchObject({ toolCalls: 1, answer: "done" });
  });

  test("of a program of which nothing is known only that it prints", () => {
    const { live } = new Reading("").print(3, result);
    expect(live).toMatchObject({ lastByteAt: 3, lastEventAt: undefined, doneAt: undefined });
  });
});

describe("guards of a run", () => {
  const once = (what: () => boolean, name: string) => waitFor(what, { what: name, everyMs: 1 });

  test("look at once when it answers first, and when it says that it is done; else once in a while", async () => {
    const reading = new Reading("claude");
    let looks = 0;
    const count: RunGuard = {
      look: () => {
        looks++;
        return {};
      },
    };
    const guards = new RunGuards([count], reading.live, () => {});
    guards.look();
    for (const [index, line] of [says, result].entries()) {
      reading.print(1, line);
      guards.noteOutput();
      await once(() => looks === index + 2, "a look at once");
    }
    guards.noteOutput();
    guards.noteOutput();
    expect(looks).toBe(3);
    await once(() => looks === 4, "the next look");
    guards.stop();
  });

  test("look again after the shortest time that one asks for, until one wants an end", async () => {
    let looks = 0;
    const end: RunGuard = {
      look: async () => (++looks < 3 ? { againIn: 5 } : { end: { kind: "timeout" } }),
    };
    let called = 0;
    const { live } = new Reading("claude");
    const guards = new RunGuards([{ look: () => ({ againIn: 90_000 }) }, end], live, () => called++);
    guards.look();
    expect(guards.end).toBeUndefined();
    await once(() => called > 0, "the end");
    expect(guards.end).toEqual({ kind: "timeout" });
    guards.look();
    expect({ looks, called }).toEqual({ looks: 3, called: 1 });
  });

  test("that take their time hold nobody up, and are not asked twice at once", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let looks = 0;
    const slow: RunGuard = {
      look: async () => {
        looks++;
        await promise;
        return {};
      },
    };
    const guards = new RunGuards([slow], new Reading("claude").live, () => {});
    guards.look();
    guards.look();
    guards.look();
    expect(looks).toBe(1);
    resolve();
    await once(() => looks === 2, "the look that was asked for meanwhile");
    guards.stop();
  });

  test("that fail tell whoever follows the run", async () => {
    let called = 0;
    const fails: RunGuard = { look: () => Promise.reject(new Error("gone")) };
    const guards = new RunGuards([fails], new Reading("claude").live, () => called++);
    guards.look();
    await once(() => called > 0, "the failure");
    expect(() => guards.end).toThrow("gone");
  });
});
