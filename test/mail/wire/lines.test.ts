import { describe, expect, test } from "bun:test";
import { topic } from "../../../src/mail/rules/target.ts";
import { failureLine, messageLine, okLine, readServerLine } from "../../../src/mail/wire/answers.ts";
import { parseEndpoint } from "../../../src/mail/wire/endpoint.ts";
import { LineBuffer } from "../../../src/mail/wire/lines.ts";

describe("lines that come in pieces", () => {
  test("are put together wherever they are cut, also inside a character", () => {
    const bytes = Buffer.from('{"a":"\u20ac"}\n{}\n\nrest');
    for (let cut = 0; cut <= bytes.length; cut++) {
      const buffer = new LineBuffer();
      const lines = [...buffer.add(bytes.subarray(0, cut)), ...buffer.add(bytes.subarray(cut))];
      expect(lines).toEqual(['{"a":"\u20ac"}', "{}", ""]);
    }
  });

  test("that are no UTF-8 are no JSON either, and what follows them is read", () => {
    const lines = new LineBuffer().add(Buffer.from([0x22, 0xff, 0x22, 10, 0x31, 10]));
    expect(() => JSON.parse(lines[0] ?? "")).toThrow();
    expect(lines[1]).toBe("1");
  });

  test("that are longer than 1 MiB and 64 KiB are refused, however they come", () => {
    const buffer = new LineBuffer();
    const piece = new Uint8Array(65_536).fill(0x61);
    expect(() => {
      for (let count = 0; count < 17; count++) buffer.add(piece);
    }).toThrow("line too long");
  });
});

test("what a server says is read as it was said", () => {
  const message = { id: "20260110-153000-0001", from: "a", to: "task", time: "t", body: null };
  expect(readServerLine(okLine("r", "x"))).toEqual({ kind: "ok", id: "x" });
  expect(okLine(undefined)).toBe('{"ok":true}\n');
  const failure = { code: "backpressure", message: "backpressure", retryable: true };
  expect(readServerLine(failureLine(failure, "r"))).toEqual({ kind: "failure", failure });
  expect(readServerLine(messageLine(message))).toMatchObject({
    kind: "message",
    message,
    target: topic("task"),
  });
});

test.each(['{"msg":{"id":"20260110-153000-0001","to":"../x"}}', '{"msg":{"to":"task"}}', '{"msg":[]}', "{}"])(
  "%s is passed over",
  (line) => expect(readServerLine(line)).toEqual({ kind: "other" }),
);

test.each([
  ["unix:///a b/c", { kind: "unix", path: "/a b/c" }],
  ["tcp://[::1]:7463", { kind: "tcp", hostname: "::1", port: 7463 }],
  ["host:1", { kind: "tcp", hostname: "host", port: 1 }],
  ["host", undefined],
  ["host:70000", undefined],
  ["unix://relative", undefined],
  ["http://host:1", undefined],
])("the endpoint %s", (text, endpoint) => {
  expect(parseEndpoint(text)).toEqual(endpoint as ReturnType<typeof parseEndpoint>);
});
