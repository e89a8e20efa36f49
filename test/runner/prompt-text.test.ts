import { expect, test } from "bun:test";
import type { LoopId } from "../../src/core/ids.ts";
import type { LoopWorkState } from "../../src/core/loop-work-state.ts";
import { parseTime } from "../../src/core/time.ts";
import { composePrompt } from "../../src/runner/compose-prompt.ts";
import { contextBlock, EMPTY_CONTEXT } from "../../src/runner/context-block.ts";
import { fenced } from "../../src/runner/fence.ts";
import type { OperatorMessage } from "../../src/runner/queue-plan.ts";

const at = (text: string): number => parseTime(text) ?? Number.NaN;

/** The example of spec/10 section 6.3, byte for byte. */
const EXAMPLE = `base prompt

## Loop Context (persistent)

CLI:
- forge work set <task-id> --status in_progress --detail "..."  (defaults to $FORGE_LOOP_ID)
- forge work current
- forge work clear
- forge mem set <key> "<value>"  (defaults to $FORGE_LOOP_ID)

## Operator Message (2026-11-22T22:26:48Z)

hello  operator`;

const message = (text: string) => ({ text, at: at("2026-11-22T22:26:48Z") });

function task(changes: Partial<LoopWorkState>): LoopWorkState {
  return {
    id: "i",
    loopId: "l" as LoopId, // only shown, never looked up
    agentId: "ag",
    taskId: "t1",
    status: "in_progress",
    loopIteration: 1,
    isCurrent: false,
    createdAt: 0,
    updatedAt: at("2026-11-22T22:41:04Z"),
    ...changes,
  };
}

const memory = (key: string, value: string) => ({
  id: "i",
  loopId: "l" as LoopId, // only shown
  key,
  value,
  createdAt: 0,
  updatedAt: 0,
});

const compose = (prompt: string, messages: OperatorMessage[], mail = "") =>
  composePrompt({ prompt, context: EMPTY_CONTEXT, mail, messages });

test("a prompt with one message is the example of spec/10 section 6.3, byte for byte", () => {
  expect(compose("base prompt\n\n", [message("hello  operator\n")])).toBe(EXAMPLE);
});

test("only an agent that may give a verdict is told how (spec/15 section 7.3)", () => {
  const block = contextBlock({ ...EMPTY_CONTEXT, asksVerdict: true });
  expect(block).toBe(`${contextBlock(EMPTY_CONTEXT)}- forge verdict done|blocked --reason "..."\n`);
});

test("a prompt without messages ends with the block's line feed", () => {
  const text = compose("base prompt", []);
  expect(text).toBe(EXAMPLE.slice(0, EXAMPLE.indexOf("\n\n## Operator")).concat("\n"));
});

test("messages follow one another, each trimmed", () => {
  const text = compose("p", [message(" one "), message("two\n\nlines\n")]);
  expect(text.endsWith("\n\n## Operator Message (2026-11-22T22:26:48Z)\n\ntwo\n\nlines")).toBe(true);
  expect(text).toContain("\n\n## Operator Message (2026-11-22T22:26:48Z)\n\none\n\n## Operator");
});

test("agent mail stands behind the context block and before the messages", () => {
  const mail = "\n## Agent Mail (untrusted)\n";
  const context = contextBlock(EMPTY_CONTEXT);
  expect(compose("p", [], mail)).toBe(`p${context}${mail}`);
  expect(compose("p", [message("m")], mail)).toStartWith(
    `p${context}\n## Agent Mail (untrusted)\n\n## Operator Message (`,
  );
});

test("an empty prompt file leaves the context block only", () => {
  expect(compose("", [])).toBe(contextBlock(EMPTY_CONTEXT));
});

test("what is stored stands before the commands, as in spec/30 section 9.3", () => {
  const work = [task({ taskId: "t3", isCurrent: true }), task({ taskId: "t1", detail: " d1 \n" })];
  expect(contextBlock({ work, memory: [memory("k1", "v one")] })).toStartWith(`

## Loop Context (persistent)

Current:
- t3 [in_progress] agent=ag iter=1 updated=2026-11-22T22:41:04Z

Recent:
- * t3 [in_progress]
- t1 [in_progress] | d1

Mem:
- k1: v one

CLI:
`);
});

test("without a current task there is no Current, and values with line feeds are inserted as they are", () => {
  const block = contextBlock({ work: [task({})], memory: [memory("k", "a\nb")] });
  expect(block).not.toContain("Current:");
  expect(block).toContain("Recent:\n- t1 [in_progress]\n\nMem:\n- k: a\nb\n\nCLI:\n");
});

test("eight recent tasks are shown", () => {
  const work = Array.from({ length: 12 }, (_, index) => task({ taskId: `t${index}` }));
  expect(contextBlock({ work, memory: [] }).match(/^- t\d+ /gm)).toHaveLength(8);
});

test.each(["x", "é", "\u{1f980}"])(
  "a block of %p over 6000 bytes is cut between characters and says so",
  (letter) => {
    const block = contextBlock({ work: [], memory: [memory("k", letter.repeat(7000))] });
    const kept = block.slice(0, -"\n(truncated)\n".length);
    expect(block).toEndWith("\n(truncated)\n");
    expect(Buffer.byteLength(kept)).toBeGreaterThan(6000 - Buffer.byteLength(letter));
    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(6000);
    expect(kept).not.toContain("\ufffd");
  },
);

test.each([
  ["no backticks", "```\nno backticks\n```\n"],
  ["a ``` inside a line", "```\na ``` inside a line\n```\n"],
  ["```sh\nls\n```", "````\n```sh\nls\n```\n````\n"],
  ["`````\nfive", "``````\n`````\nfive\n``````\n"],
])("no line of %p closes its fence", (text, block) => {
  expect(fenced(text)).toBe(block);
});
