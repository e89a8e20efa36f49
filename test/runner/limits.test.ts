import { afterEach, beforeEach, expect, test } from "bun:test";
import type { StopConfig } from "../../src/core/stop-config.ts";
import { stopConfigJson } from "../../src/core/stop-config.ts";
import { failureBackoff } from "../../src/runner/backoff.ts";
import { verdictOf } from "../../src/runner/smart-stop/verdict.ts";
import { findLoopRuntime } from "../../src/store/fx-loops.ts";
import type { LoopDraft } from "../../src/store/loops.ts";
import { waitFor } from "../support/wait-for.ts";
import { LoopWorld } from "./loop-world.ts";

let world: LoopWorld;
beforeEach(async () => {
  world = await LoopWorld.make();
});
afterEach(() => world[Symbol.asyncDispose]());

async function live(draft: Partial<LoopDraft>) {
  const loop = world.loop(draft);
  expect(await world.start(loop).ended).toBe("ended");
  return loop;
}

test("a loop stops at its number of iterations, and a new runner counts anew", async () => {
  world.profile([]);
  const loop = await live({ maxIterations: 2 });
  expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: "max iterations reached (2)" });
  await world.start(loop).ended;
  expect(world.runs(loop)).toHaveLength(4);
  expect(world.read(loop).metadata?.iteration_count).toBe(2);
});

test("a loop stops at its run time, and a run in progress is not cut", async () => {
  let skip = 0;
  world.deps = { ...world.deps, now: () => Date.now() + skip };
  world.profile([
    ["sleep", 0.2],
    ["print", "done"],
  ]);
  const loop = world.loop({ maxRuntimeSeconds: 7200 });
  const runner = world.start(loop);
  await waitFor(() => world.processes().length > 0, { what: "the harness" });
  skip = 7_200_000;
  await runner.ended;
  expect(world.runs(loop)).toMatchObject([{ status: "success", outputTail: "done" }]);
  expect(world.read(loop).lastError).toBe("max runtime reached (2h0m0s)");
  expect(world.logLines(loop).at(-1)).toBe("max runtime reached (2h0m0s)");
});

test("a single run is not kept from running by the limit, and tells of it afterwards", async () => {
  world.profile([]);
  const loop = await live({ maxIterations: 1 });
  await world.once(loop);
  expect(world.runs(loop)).toHaveLength(2);
  expect(world.logLines(loop).filter((line) => line === "max iterations reached (1)")).toHaveLength(2);
});

test.each([
  [1, 1000, undefined],
  [2, 1000, undefined],
  [3, 1000, 5000],
  [4, 1000, 10_000],
  [4, 30_000, 30_000],
  [9, 0, 320_000],
  [10, 0, 600_000],
  [5000, 0, 600_000],
])("after %p failures in a row at an interval of %p ms the rest is %p", (failures, interval, rest) => {
  expect(failureBackoff(failures, interval)).toBe(rest);
});

test("the third failure in a row is told and waited out; a message ends the wait, a success the row", async () => {
  const mark = `${world.folder}/repaired`;
  world.profile([], { commandTemplate: `test -e ${mark}` });
  const loop = world.loop({ maxIterations: 4 });
  const runner = world.start(loop);
  await waitFor(() => world.logLines(loop).includes("backing off for 5s after 3 failures"), {
    what: "the back-off",
  });
  expect(findLoopRuntime(world.db, loop.id)?.streaks.failures).toBe(3);
  await Bun.write(mark, "");
  world.enqueue(loop, { type: "message_append", payload: { text: "repaired" } });
  await runner.ended;
  expect(world.runs(loop).map(({ status }) => status)).toEqual(["error", "error", "error", "success"]);
  expect(findLoopRuntime(world.db, loop.id)?.streaks.failures).toBe(0);
});

test("failure_backoff: false turns the back-off off", async () => {
  const { loopDefaults } = world.config;
  world.deps = {
    ...world.deps,
    config: { ...world.config, loopDefaults: { ...loopDefaults, failureBackoff: false } },
  };
  world.profile([["exit", 1]]);
  const loop = await live({ maxIterations: 5 });
  expect(world.logLines(loop).some((line) => line.startsWith("backing off"))).toBe(false);
});

const quantitative = (changes: object): Partial<LoopDraft> => ({
  metadata: { stop_config: { quant: { cmd: "exit 0", every_n: 1, exit_codes: [0], ...changes } } },
  maxIterations: 2,
});

test.each<[string, object, number, string, string | undefined]>([
  [
    "matches before the first run",
    {},
    0,
    "quant stop matched (decision=stop exit_code=0)",
    "quant stop: matched",
  ],
  [
    "matches after it",
    { when: "after" },
    1,
    "quant stop matched (decision=stop exit_code=0)",
    "quant stop: matched",
  ],
  [
    "is due at every second iteration",
    { every_n: 2 },
    1,
    "quant stop matched (decision=stop exit_code=0)",
    "quant stop: matched",
  ],
  [
    "only says that it matched",
    { decision: "continue" },
    2,
    "quant stop matched (decision=continue exit_code=0)",
    undefined,
  ],
  [
    "does not match by its exit code",
    { exit_codes: [3] },
    2,
    "quant stop not matched: exit_code=0 not matched",
    undefined,
  ],
  [
    "matches by the inverse",
    { exit_codes: [3], exit_invert: true },
    0,
    "quant stop matched (decision=stop exit_code=0)",
    "quant stop: matched",
  ],
  [
    "expects output and there is none",
    { stdout_mode: "nonempty" },
    2,
    "quant stop not matched: stdout_mode=nonempty not matched",
    undefined,
  ],
  [
    "expects silence and gets none",
    { cmd: "echo x >&2", stderr_mode: "empty" },
    2,
    "quant stop not matched: stderr_mode=empty not matched",
    undefined,
  ],
  [
    "takes white space for nothing",
    { cmd: "echo ' '", stdout_mode: "empty" },
    0,
    "quant stop matched (decision=stop exit_code=0)",
    "quant stop: matched",
  ],
  [
    "searches a pattern",
    { cmd: "echo ALL Done", stdout_regex: "(?i)all done" },
    0,
    "quant stop matched (decision=stop exit_code=0)",
    "quant stop: matched",
  ],
  [
    "does not find a pattern",
    { stderr_regex: "x+" },
    2,
    "quant stop not matched: stderr_regex not matched",
    undefined,
  ],
  [
    "has a pattern that is none",
    { stdout_regex: "(" },
    2,
    "quant stop not matched: invalid stdout_regex: ",
    undefined,
  ],
  [
    "takes too long",
    { cmd: "sleep 1000", timeout_seconds: 1, exit_codes: [-1] },
    0,
    "quant stop matched (decision=stop exit_code=-1)",
    "quant stop: matched",
  ],
  [
    "is not there, as --until may have it (spec/15, edge cases)",
    { cmd: "no-such-command", when: "both" },
    2,
    "quant stop not matched: exit_code=127 not matched",
    undefined,
  ],
  ["is empty", { cmd: " " }, 2, "quant stop not matched: empty cmd", undefined],
  [
    "has no criterion",
    { exit_codes: [] },
    2,
    "quant stop not matched: no match criteria configured",
    undefined,
  ],
])("a stop command that %s (spec/10 section 9.1)", async (_what, changes, runs, line, lastError) => {
  world.profile([]);
  const loop = await live(quantitative(changes));
  expect(world.runs(loop)).toHaveLength(runs);
  expect(world.logLines(loop).some((logged) => logged.startsWith(line))).toBe(true);
  expect(world.read(loop).lastError).toBe(lastError ?? "max iterations reached (2)");
  expect(world.processes()).toEqual([]);
});

const judge = (changes: object = {}): StopConfig => ({
  qualitative: { every: 2, prompt: "done?", promptIsPath: false, onInvalid: "continue", ...changes },
});

/** Prints the answers of the judge, one per judge run; main runs print nothing. */
function judgeAnswers(...answers: string[]): void {
  const counter = `${world.folder}/judged`;
  world.profile([], {
    commandTemplate: `case "$FORGE_PROMPT_CONTENT" in 'done?'*) echo >>${counter}; set -- ${answers.join(" ")}; shift $(($(wc -l <${counter}) - 1)); printf '%b' "$1";; esac`,
  });
}

const judged = (config: StopConfig, draft: Partial<LoopDraft> = {}) =>
  live({ metadata: { stop_config: stopConfigJson(config) }, maxIterations: 9, ...draft });

test("a judge is asked after every second main run, at once, until it says stop (observed in spec/10 section 9.2)", async () => {
  judgeAnswers("1", "0");
  const loop = await judged(judge());
  expect(world.runs(loop).map(({ metadata }) => metadata?.kind)).toEqual([
    "main",
    "main",
    "qual_stop",
    "main",
    "main",
    "qual_stop",
  ]);
  expect(world.read(loop)).toMatchObject({
    state: "stopped",
    lastError: "qual stop: signaled stop",
    metadata: {
      iteration_count: 6,
      stop_state: { main_iteration_count: 4, qual_iteration_count: 2, qual_last_main_count: 4 },
    },
  });
  const lines = world.logLines(loop).filter((line) => line.startsWith("qual stop"));
  expect(lines).toEqual([
    "qual stop due; running immediately (next iteration)",
    "qual stop signaled continue (1)",
    "qual stop due; running immediately (next iteration)",
    "qual stop signaled stop (0)",
  ]);
  expect(world.runs(loop)[2]).toMatchObject({ promptSource: "qual_stop", promptOverride: true });
});

test.each([
  ["stop", 3, "qual stop: invalid output (expected 0 or 1)"],
  ["continue", 9, "max iterations reached (9)"],
] as const)("an answer that is neither 0 nor 1 leads to %s", async (onInvalid, runs, lastError) => {
  judgeAnswers("maybe", "maybe", "maybe");
  const loop = await judged(judge({ onInvalid }));
  expect(world.runs(loop)).toHaveLength(runs);
  expect(world.read(loop).lastError).toBe(lastError);
  expect(world.logLines(loop)).toContain(`qual stop invalid output (on_invalid=${onInvalid})`);
});

test("an override in the queue takes the place of the judge", async () => {
  judgeAnswers("0");
  const loop = world.loop({
    metadata: { stop_config: stopConfigJson(judge({ every: 1 })) },
    maxIterations: 3,
  });
  const override = { type: "next_prompt_override", payload: { prompt: "o", is_path: false } } as const;
  world.enqueue(loop, override, override);
  await world.start(loop).ended;
  expect(world.runs(loop).map(({ promptSource }) => promptSource)).toEqual([
    "override",
    "override",
    "qual_stop",
  ]);
});

test("a single run asks no judge", async () => {
  judgeAnswers("0");
  const loop = world.loop({ metadata: { stop_config: stopConfigJson(judge({ every: 1 })) } });
  await world.once(loop);
  expect(world.runs(loop)).toHaveLength(1);
  expect(world.logLines(loop).some((line) => line.startsWith("qual stop"))).toBe(false);
});

test("a judge prompt that is missing is an error", async () => {
  world.profile([]);
  const config = judge({ every: 1, prompt: "gone.md", promptIsPath: true });
  const loop = world.loop({ metadata: { stop_config: stopConfigJson(config) } });
  expect(world.start(loop).ended).rejects.toThrow("gone.md");
  await waitFor(() => world.read(loop).state === "error", { what: "the error" });
  expect(world.logLines(loop).at(-1)).toBe(
    `qual stop prompt error: open ${world.repo}/gone.md: no such file or directory`,
  );
});

test.each([
  ["0", "stop"],
  [" 1 because it fails\n", "continue"],
  ["The work is done.\n0", "stop"],
  ["The work is done.\n\n 1 \n", "continue"],
  ["0.5", undefined],
  ["01", undefined],
  ["", undefined],
  ["0 is what I say\n1", "stop"],
  [`{"type":"system"}\n{"type":"result","result":"1"}`, "continue"],
  [`{"type":"result","result":"All done.\\n0"}\n`, "stop"],
])("the verdict in %p is %p", (output, verdict) => {
  expect(verdictOf(output)).toBe(verdict as ReturnType<typeof verdictOf>);
});

test("a stop command's children that hold its output open do not hold up the loop", async () => {
  world.profile([]);
  const from = performance.now();
  const loop = await live(quantitative({ cmd: "sleep 1000 & echo done", stdout_regex: "done" }));
  expect(performance.now() - from).toBeLessThan(20_000);
  expect(world.read(loop).lastError).toBe("quant stop: matched");
});

test("a kill ends a stop command that takes its time", async () => {
  world.profile([]);
  const loop = world.loop(quantitative({ cmd: "sleep 1000" }));
  const runner = world.start(loop);
  await waitFor(() => world.processes().length > 0, { what: "the stop command" });
  world.enqueue(loop, { type: "kill_now", payload: {} });
  await runner.ended;
  expect(world.processes()).toEqual([]);
  expect(world.logLines(loop).at(-1)).toBe("kill requested");
});
