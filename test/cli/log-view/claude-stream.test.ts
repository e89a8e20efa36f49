import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../support/forge.ts";
import { rendered, sgr } from "./rendering.ts";

const samples = join(projectRoot, "../shared/harness-samples");

const event = (value: object) => JSON.stringify({ type: "stream_event", event: value });
const delta = (value: object) => event({ type: "content_block_delta", index: 0, delta: value });

describe("20 section 16.3 a: an event of claude becomes", () => {
  const cases: [rule: string, line: string, plain: string[], colored?: string[]][] = [
    [
      "system init: model, numbers of tools and servers, session",
      JSON.stringify({
        type: "system",
        subtype: "init",
        model: "opus",
        tools: ["a", "b"],
        mcp_servers: [{ name: "x" }],
        session_id: "s-1",
      }),
      ["[claude:init] model=opus tools=2 mcp=1 session=s-1"],
      [`${sgr("36", "[claude:init]")} model=opus tools=2 mcp=1 session=s-1`],
    ],
    [
      "system init without its fields",
      '{"type":"system","subtype":"init"}',
      ["[claude:init] model=unknown tools=0 mcp=0 session=-"],
    ],
    ["text_delta: the text", delta({ type: "text_delta", text: "Hello" }), ["Hello"], [sgr("32", "Hello")]],
    [
      "text_delta of several lines: a line each",
      delta({ type: "text_delta", text: "one\n\ntwo\n" }),
      ["one", "", "two"],
      [sgr("32", "one"), "", sgr("32", "two")],
    ],
    ["text_delta, empty: nothing", delta({ type: "text_delta", text: "" }), []],
    ["other delta: nothing", delta({ type: "input_json_delta", partial_json: "{" }), []],
    [
      "message_delta with stop_reason",
      event({ type: "message_delta", delta: { stop_reason: "end_turn" } }),
      ["[claude:event] stop_reason=end_turn"],
      [`${sgr("2", "[claude:event]")} stop_reason=end_turn`],
    ],
    ["message_delta without: nothing", event({ type: "message_delta", delta: {} }), []],
    ["message_start: nothing", event({ type: "message_start", message: {} }), []],
    ["message_stop: nothing", event({ type: "message_stop" }), []],
    ["content_block_start: nothing", event({ type: "content_block_start" }), []],
    ["content_block_stop: nothing", event({ type: "content_block_stop" }), []],
    [
      "other stream event: its type",
      event({ type: "ping" }),
      ["[claude:event] ping"],
      [`${sgr("2", "[claude:event]")} ping`],
    ],
    [
      "result",
      JSON.stringify({
        type: "result",
        num_turns: 3,
        duration_ms: 1234,
        usage: { input_tokens: 10, output_tokens: 20 },
        total_cost_usd: 0.01,
      }),
      ["[claude:result] turns=3 duration=1.2s input=10 output=20 cost=$0.010000"],
      [`${sgr("33", "[claude:result]")} turns=3 duration=1.2s input=10 output=20 cost=$0.010000`],
    ],
    [
      "result without numbers: 0",
      '{"type":"result"}',
      ["[claude:result] turns=0 duration=0.0s input=0 output=0 cost=$0.000000"],
    ],
    [
      "result of an old version: cost_usd",
      '{"type":"result","cost_usd":0.5}',
      ["[claude:result] turns=0 duration=0.0s input=0 output=0 cost=$0.500000"],
    ],
    [
      "error with its message",
      '{"type":"error","message":"no network"}',
      ["[claude:error] no network"],
      [`${sgr("31", "[claude:error]")} no network`],
    ],
    [
      "error in the form of the API",
      '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      ["[claude:error] Overloaded"],
    ],
    ["error without message", '{"type":"error"}', ["[claude:error] unknown error"]],
    ["assistant: nothing", '{"type":"assistant","message":{}}', []],
    ["user: nothing", '{"type":"user","message":{}}', []],
    [
      "system of another subtype: unchanged",
      '{"type":"system","subtype":"x"}',
      ['{"type":"system","subtype":"x"}'],
    ],
    ["any other type: unchanged", '{"type":"custom","a":1}', ['{"type":"custom","a":1}']],
    ["no string type: unchanged", '{"type":1}', ['{"type":1}']],
    ["no object: unchanged", '{"type":"result"', ['{"type":"result"']],
    ["with blanks around it", '  {"type":"error","message":"x"} \r', ["[claude:error] x"]],
  ];
  for (const [rule, line, plain, colored] of cases) {
    test(`${rule}`, () => {
      expect(rendered([line])).toEqual(plain);
      if (colored) expect(rendered([line], { color: true })).toEqual(colored);
    });
  }
});

test("15 section 1.1: text of an agent is shown as it is, whatever section its words would start", () => {
  const words = ["thinking", "user", "```", "error: x", "$ ls", "+++ b/x"];
  const lines = words.map((text) => delta({ type: "text_delta", text }));
  expect(rendered(lines)).toEqual(words);
  expect(rendered(lines, { compact: true })).toEqual(words);
});

test("an event cannot steer the terminal", () => {
  const hostile = "a\u001b]0;title\u0007b\u001b[2Jc\u0007\u009b31md";
  expect(rendered([delta({ type: "text_delta", text: hostile })])).toEqual(["abc\\x07\\x9b31md"]);
  expect(rendered([JSON.stringify({ type: "error", message: "a\nb\u0008" })])).toEqual([
    "[claude:error] a\\nb\\x08",
  ]);
});

test.skipIf(!existsSync(samples))("real runs of claude read well", () => {
  const shown = (name: string) =>
    rendered(readFileSync(join(samples, name), "utf8").trimEnd().split("\n")).map((line) =>
      line.replace(/session=\S+/, "session=S"),
    );
  expect(shown("claude-ok.jsonl")).toEqual([
    "[claude:init] model=claude-opus-4-8[1m] tools=24 mcp=0 session=S",
    "[claude:result] turns=1 duration=0.2s input=120 output=30 cost=$0.001350",
  ]);
  expect(shown("claude-429.jsonl")[0]).toBe(
    "[claude:init] model=claude-opus-4-8[1m] tools=24 mcp=0 session=S",
  );
  expect(shown("claude-429.jsonl").at(-1)).toBe(
    "[claude:result] turns=1 duration=1.3s input=0 output=0 cost=$0.000000",
  );
});
