import { describe, expect, test } from "bun:test";
import { adapterFor } from "../../src/harness/adapters/adapters.ts";
import { LONGEST_LINE } from "../../src/harness/output-lines.ts";
import { MADE_UP } from "./made-up-streams.ts";
import { read } from "./streams.ts";

const signsOf = (what: string) => {
  const run = MADE_UP.find((made) => made.what === what);
  if (run === undefined) throw new Error(`no such stream: ${what}`);
  return read(run);
};

describe("what the stream of an agent CLI tells (spec/15 section 1)", () => {
  test.each([
    [
      "claude that ends well",
      { id: "5b1c0f5e-0000-4000-8000-000000000001", model: "claude-x", answer: "done", costUsd: 0.4312 },
      { input: 900, output: 2600, cacheRead: 101_000, cacheWrite: 6000, reasoning: 0 },
    ],
    [
      "codex that ends well",
      { id: "019f0000-0000-7000-8000-000000000001", model: undefined, answer: "done", costUsd: undefined },
      { input: 315, output: 122, cacheRead: 24_448, cacheWrite: 0, reasoning: 40 },
    ],
    [
      "opencode that ends well",
      { id: "ses_1", model: undefined, answer: "done", costUsd: 0.0123 },
      { input: 1200, output: 90, cacheRead: 8000, cacheWrite: 0, reasoning: 0 },
    ],
    [
      "pi that ends well",
      { id: "0193-uuid", model: "claude-x", answer: "done", costUsd: 0.0006 },
      { input: 100, output: 20, cacheRead: 0, cacheWrite: 0, reasoning: 0 },
    ],
    [
      "droid that ends well",
      { id: "sid-1", model: "m", answer: "done", costUsd: undefined },
      { input: 300, output: 40, cacheRead: 5, cacheWrite: 0, reasoning: 0 },
    ],
  ])("%s: session, model, answer, tokens and cost", (what, { id, ...rest }, tokens) => {
    const signs = signsOf(what);
    expect(signs.session?.id).toBe(id);
    expect(signs).toMatchObject({ ...rest, tokens });
    expect([...signs.unknownTypes, ...signs.missingFields, ...signs.newFields]).toEqual([]);
  });

  test("claude tells the use of each message on the way, and its result replaces them; others of those lines are not read", () => {
    const line = (event: object, subagent: string | null = null) =>
      JSON.stringify({ type: "stream_event", event, parent_tool_use_id: subagent });
    const start = (input: number, subagent: string | null = null) => {
      const usage = { input_tokens: input, cache_read_input_tokens: 5, output_tokens: 1 };
      return line({ type: "message_start", message: { usage } }, subagent);
    };
    const end = (usage: object, subagent: string | null = null) =>
      line({ type: "message_delta", usage }, subagent);
    const onTheWay = [
      start(10),
      line({ type: "content_block_delta" }),
      start(100, "toolu_1"),
      // Some tell their input again, some do not.
      end({ input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 7 }),
      end({ output_tokens: 8 }, "toolu_1"),
      start(20),
    ].join("\n");
    const whole = MADE_UP.find(({ what }) => what === "claude that ends well")?.output ?? "";
    expect(read({ harness: "claude", output: onTheWay })).toMatchObject({
      tokens: { input: 130, output: 15, cacheRead: 15 },
      isTotal: false,
      recognised: 6,
    });
    expect(read({ harness: "claude", output: `${onTheWay}\n${whole}` })).toMatchObject({
      tokens: { input: 900, output: 2600 },
      isTotal: true,
    });
  });

  test("adds up what opencode and pi tell per answer, and takes the last total of claude and codex", () => {
    const twice = (what: string, last: string) => {
      const run = MADE_UP.find((made) => made.what === what);
      const lines = `${run?.output ?? ""}`.split("\n").filter(Boolean);
      const again = lines.filter((line) => line.includes(last));
      return read({ harness: run?.harness ?? "", output: [...lines, ...again].join("\n") });
    };
    expect(twice("opencode that ends well", "step_finish")).toMatchObject({
      tokens: { input: 2400, cacheRead: 16_000 },
      costUsd: 0.0246,
    });
    expect(twice("pi that ends well", "message_end")).toMatchObject({ tokens: { input: 200, output: 40 } });
    expect(twice("claude that ends well", '"result"')).toMatchObject({
      tokens: { input: 900 },
      costUsd: 0.4312,
    });
    expect(twice("codex that ends well", "turn.completed")).toMatchObject({ tokens: { output: 122 } });
  });

  test("has the limit that claude tells, with its window and reset", () => {
    expect(signsOf("claude that dies after its limit was rejected").rejected?.event).toEqual({
      kind: "limit",
      window: "five_hour",
      used: 1,
      resetAt: 1_795_530_000_000,
      status: "rejected",
    });
    expect(signsOf("claude that dies after its limit was lifted").rejected).toBeUndefined();
  });

  test("names the types and fields that an adapter does not find as it knows them", () => {
    const output =
      '{"type":"result","is_error":false,"mood":1}\n{"type":"system","subtype":"new_thing"}\n{"type":"novel"}\n';
    const signs = read({ harness: "claude", output });
    expect([...signs.unknownTypes]).toEqual(["system/new_thing", "novel"]);
    expect([...signs.missingFields]).toContain("result.modelUsage");
    expect([...signs.newFields]).toEqual(["result.mood"]);
    const usage = read({
      harness: "codex",
      output: '{"type":"turn.completed","usage":{"input_tokens":1}}\n',
    });
    expect([...usage.missingFields]).toEqual(["turn.completed.usage.output_tokens"]);
  });

  test.each(["amp", "", "generic", "no-such-harness"])("harness %p is read as generic", (harness) => {
    expect(adapterFor(harness).name).toBe("generic");
  });
});

describe("lines of the output", () => {
  const ok = MADE_UP.find((made) => made.what === "codex that ends well")?.output ?? "";

  test("end at LF only, so that U+2028 in a text does not cut it", () => {
    const line = `{"type":"item.completed","item":{"type":"agent_message","text":"one\u2028two"}}\r\n`;
    expect(read({ harness: "codex", output: line }).answer).toBe("one\u2028two");
  });

  test("that are longer than 8 MiB are left out and counted, and those behind them are read", () => {
    const long = `{"type":"error","message":"${"x".repeat(LONGEST_LINE)}"}\n`;
    for (const blockBytes of [64 * 1024, long.length * 2]) {
      const signs = read({ harness: "codex", output: long + ok, blockBytes });
      expect(signs).toMatchObject({ skippedLines: 1, answer: "done" });
      expect(signs.finalError).toBeUndefined();
    }
    expect(read({ harness: "codex", output: long.trimEnd() }).skippedLines).toBe(1);
  });

  test("are found in text of any kind, also where a block ends before, in or behind a line end", () => {
    const output = `text {"type":"no"}\n${ok}\n\n more text\n${ok}tail without end`;
    for (let blockBytes = 1; blockBytes < 40; blockBytes++) {
      const signs = read({ harness: "codex", output, blockBytes });
      expect(signs).toMatchObject({ recognised: 6, answer: "done" });
      expect(signs.end?.source.offset).toBe(output.lastIndexOf('{"type":"turn.completed"'));
    }
  });

  test("that no program of this name prints are text", () => {
    const junk = '{\n{"type":7}\n[1]\nnull\n{"type":"turn.completed"\n\u0000\ufffd\n';
    expect(read({ harness: "codex", output: junk })).toMatchObject({ recognised: 0, end: undefined });
  });
});
