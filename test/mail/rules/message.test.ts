import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { bodyFromBytes, parseBody } from "../../../src/mail/rules/body.ts";
import { compareByBytes, type JsonValue, jsonText, readJson } from "../../../src/mail/rules/json-text.ts";
import {
  bodyText,
  decodeMessage,
  encodeMessage,
  MAX_MESSAGE_BYTES,
  type Message,
} from "../../../src/mail/rules/message.ts";
import { idTime } from "../../../src/mail/rules/message-id.ts";
import { errorOf } from "../../support/error-of.ts";

const message: Message = {
  id: "20260110-153000-0001",
  from: "alice",
  to: "@bob",
  time: "2026-01-10T15:30:00.653Z",
  body: "hi bob",
};
const place = { id: "20260110-153000-0009", to: "task" };

describe("a message file (50 section 4)", () => {
  test("has the fields in their order, two-space indentation and no newline at the end", () => {
    const full = {
      ...message,
      replyTo: "20260110-152500-0003",
      priority: "high",
      host: "vm",
      tags: ["urgent", "auth"],
    };
    expect(encodeMessage(full)).toBe(`{
  "id": "20260110-153000-0001",
  "from": "alice",
  "to": "@bob",
  "time": "2026-01-10T15:30:00.653Z",
  "body": "hi bob",
  "reply_to": "20260110-152500-0003",
  "priority": "high",
  "host": "vm",
  "tags": [
    "urgent",
    "auth"
  ]
}`);
  });

  test("leaves out empty fields, writes a null body, and <, > and & raw", () => {
    expect(encodeMessage({ ...message, body: null, tags: [], replyTo: "", host: "" })).toEndWith(
      '"body": null\n}',
    );
    expect(encodeMessage({ ...message, body: "<a> & b" })).toContain('"body": "<a> & b"');
  });

  test("holds the keys of a body sorted by their bytes at every level, empty lists and objects as [] and {}", () => {
    const body = parseBody('{"b":1,"a":{"10":1,"9":[],"z":{}},"\\uffff":1,"\\ud83d\\ude00":2,"__proto__":3}');
    expect(jsonText(body, 0)).toBe(
      '{"__proto__":3,"a":{"10":1,"9":[],"z":{}},"b":1,"\uffff":1,"\u{1f600}":2}',
    );
  });

  test("of exactly 1 MiB is written, of one byte more refused", () => {
    const rest = Buffer.byteLength(encodeMessage({ ...message, body: "" }));
    expect(Buffer.byteLength(encodeMessage({ ...message, body: "x".repeat(MAX_MESSAGE_BYTES - rest) }))).toBe(
      1_048_576,
    );
    const tooLong = () => encodeMessage({ ...message, body: "x".repeat(MAX_MESSAGE_BYTES - rest + 1) });
    expect(errorOf(tooLong).message).toBe("message exceeds 1MB limit");
  });

  test("of another writer is read with any escapes, blanks, offset, missing and unknown fields", () => {
    const read = decodeMessage(
      '\n{"x-trace":{"n":1}, "id":"20260110-153000-0001","from":"a","to":"task",\t"time":"2026-01-10T16:30:00.653901285+01:00","body":"\\u003cb\\u003e"}\n',
      place,
    );
    expect(read).toMatchObject({ from: "a", body: "<b>", time: "2026-01-10T16:30:00.653901285+01:00" });
    expect(jsonText(new Map(Object.entries(read.unknown ?? {})), 0)).toBe('{"x-trace":{"n":1}}');
    expect(encodeMessage(read)).toContain('"x-trace": {');
    expect(decodeMessage("{}", place)).toMatchObject({
      id: place.id,
      from: "",
      to: "task",
      time: "",
      body: null,
    });
  });

  test("whose id is no id is known by the name of its file, so that no content can name a path", () => {
    expect(decodeMessage('{"id":"../../etc/passwd"}', place).id).toBe(place.id);
  });

  test.each([
    ["", "empty file"],
    [" \n", "empty file"],
    ['{"id":"2026', "not valid JSON"],
    ["[1]", "not a JSON object"],
    ["null", "not a JSON object"],
    ['{"from":5}', "field from is not a text"],
    ['{"tags":"a"}', "field tags is not a list of texts"],
    ['{"tags":[1]}', "field tags is not a list of texts"],
    ['{"body":1e400}', "not valid JSON"],
  ])("that holds %j is told as: %s", (text, reason) => {
    expect(() => decodeMessage(text, place)).toThrow(reason);
  });
});

describe("a body (50 section 4.1)", () => {
  test.each<[string, JsonValue]>([
    ["42", 42],
    [" true \n", true],
    ["null", null],
    ['"quoted"', "quoted"],
    ["[1, 2.50]", [1, 2.5]],
    ["1e3", 1000],
    ["12345678901234567890", 12345678901234567000],
    ["-0.1", -0.1],
  ])("%j is the JSON value in it", (text, value) => {
    expect(parseBody(text)).toEqual(value);
  });

  test.each([
    ['{"x":1} trailing'],
    ["0012"],
    ["1e400"],
    ['{"deep":[1e400]}'],
    ["  two  lines\n\n"],
    ["nul"],
    ["'single'"],
    ["[".repeat(500_000)],
    [`${"[".repeat(10_001)}${"]".repeat(10_001)}`],
  ])("%# stays the text that it is", (text) => {
    expect(parseBody(text)).toBe(text);
  });

  test.each([
    ["2.50", "2.5"],
    ["1e3", "1000"],
    ["12345678901234567890", "12345678901234567000"],
    ['{"b":1,"a":2}', '{"a":2,"b":1}'],
    ['{ "a" : [ 1, {} , [] ] }', '{"a":[1,{},[]]}'],
    ["null", "null"],
    ['"a\\nb"', "a\nb"],
  ])("%j is shown as %j", (text, shown) => {
    expect(bodyText(parseBody(text))).toBe(shown);
  });

  test("of bytes that are no UTF-8 is refused, a byte order mark kept", () => {
    expect(errorOf(() => bodyFromBytes(Uint8Array.of(0x61, 0xff))).message).toBe(
      "message body is not valid UTF-8",
    );
    expect(bodyFromBytes(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa");
  });

  test("as deep as others read is kept whole", () => {
    const deep = `${"[".repeat(9_999)}${"]".repeat(9_999)}`;
    expect(jsonText(parseBody(deep), 0)).toBe(deep);
  });
});

test("what is written is read again as the same value, whatever it is", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const sound = JSON.parse(JSON.stringify(value));
      expect(readJson(jsonText(sound))).toEqual(sound);
      expect(readJson(jsonText(sound, 0))).toEqual(sound);
    }),
  );
});

test("keys are ordered as their UTF-8 bytes are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareByBytes(a, b))).toBe(bytes);
    }),
  );
});

test("the moment of an id is known to the second, of an impossible one not at all", () => {
  expect(idTime("20260110-153000-0001")).toBe(Date.UTC(2026, 0, 10, 15, 30));
  expect(idTime("20261399-993000-0001")).toBeUndefined();
  expect(idTime("note")).toBeUndefined();
});
