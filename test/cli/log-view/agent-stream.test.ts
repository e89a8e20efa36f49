import { describe, expect, test } from "bun:test";
import { MADE_UP } from "../../harness/made-up-streams.ts";
import { jsonLines } from "../../harness/streams.ts";
import { rendered, sgr } from "./rendering.ts";

const lines = (output: string): string[] => output.trimEnd().split("\n");
const shown = (what: string): string[] =>
  rendered(lines(String(MADE_UP.find((made) => made.what === what)?.output ?? "")));

describe("15 section 1.1: the stream of an agent in a log is shown as text, tools, and its beginning and end", () => {
  test.each([
    [
      "codex that ends well",
      [
        "[codex:init] model=unknown session=019f0000-0000-7000-8000-000000000001",
        "done",
        "[codex:result] turns=- duration=- input=315 output=122 cost=-",
      ],
    ],
    [
      "opencode that ends well",
      [
        "[opencode:init] model=unknown session=ses_1",
        "done",
        "[opencode:result] turns=- duration=- input=1200 output=90 cost=$0.012300",
      ],
    ],
    [
      "pi that ends well",
      [
        "[pi:init] model=unknown session=0193-uuid",
        "done",
        "[pi:result] turns=- duration=- input=100 output=20 cost=$0.000600",
      ],
    ],
    [
      "droid that ends well",
      [
        "[droid:init] model=m session=sid-1",
        "done",
        "[droid:result] turns=2 duration=- input=300 output=40 cost=-",
      ],
    ],
    [
      "codex whose retries ended with 503",
      [
        "[codex:init] model=unknown session=019f0000-0000-7000-8000-000000000001",
        "[codex:error] exceeded retry limit, last status: 503 Service Unavailable",
        "[codex:result] turns=- duration=- input=- output=- cost=-",
      ],
    ],
    [
      "droid with an error",
      ["[droid:init] model=m session=sid-1", "[droid:error] HTTP 402 payment required"],
    ],
  ])("%s", (what, expected) => expect(shown(what)).toEqual(expected));

  test("a tool call once: at its start, or at its end where only that is told", () => {
    const call = (type: string) => ({
      type,
      item: { id: "i1", type: "command_execution", command: "npm test", status: "completed" },
    });
    const change = { id: "i2", type: "file_change", changes: [{ path: "src/a.ts", kind: "add" }] };
    const codex = jsonLines(call("item.started"), call("item.completed"), {
      type: "item.completed",
      item: change,
    });
    expect(rendered(lines(codex))).toEqual(["tool: command npm test", "tool: add src/a.ts"]);
    const state = { status: "completed", title: "ls -la" };
    const opencode = jsonLines({
      type: "tool_use",
      sessionID: "s",
      part: { tool: "bash", callID: "c", state },
    });
    expect(rendered(lines(opencode)).at(-1)).toBe("tool: bash ls -la");
  });

  test("tries that fail in the same words as one", () => {
    const message = { role: "assistant", content: [], stopReason: "error", errorMessage: "429 slow down" };
    const failed = [{ type: "message_end", message }, { type: "agent_end" }];
    const output = jsonLines({ type: "session", id: "s" }, ...failed, ...failed);
    const tags = rendered(lines(output)).map((line) => line.split(" ")[0]);
    expect(tags).toEqual(["[pi:init]", "[pi:error]", "[pi:result]"]);
  });

  test("with colours, and nothing that could steer the terminal", () => {
    const text = "red \u001b[31malert\u0007";
    const output = jsonLines({ type: "item.completed", item: { type: "agent_message", text } });
    expect(rendered(lines(output), { color: true })).toEqual([sgr("32", "red alert\\x07")]);
  });

  test("runs of several agents in one log, each by its own name, claude as ever", () => {
    const output = ["codex that ends well", "claude that ends well", "pi that ends well"]
      .map((what) => String(MADE_UP.find((made) => made.what === what)?.output))
      .join("\u001b plain line\n");
    const tags = rendered(lines(output)).flatMap((line) => /^\[(\w+:\w+)\]/.exec(line)?.[1] ?? []);
    expect(tags).toEqual([
      ...["codex:init", "codex:result", "claude:init", "claude:result", "pi:init", "pi:result"],
    ]);
  });

  test("lines of a type that is not known stay as they are", () => {
    const line = '{"type":"novel","text":"x"}';
    expect(rendered(['{"type":"turn.started"}', line])).toEqual([line]);
  });
});
