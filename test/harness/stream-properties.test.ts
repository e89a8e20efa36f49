import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { OUTCOMES, type Outcome } from "../../src/core/outcome.ts";
import { ADAPTERS } from "../../src/harness/adapter.ts";
import { projectRoot } from "../support/forge.ts";
import { MADE_UP } from "./made-up-streams.ts";
import { decide, type Recorded } from "./streams.ts";

const samples = join(projectRoot, "../shared/harness-samples");
if (!existsSync(samples)) console.warn("skipped: no recorded streams in ../shared/harness-samples");

interface Sample extends Recorded {
  readonly name: string;
  readonly outcome: Outcome;
}

/** `<harness>-<ok|429>.jsonl`, with the exit code of the real run. */
const recorded: readonly Sample[] = !existsSync(samples)
  ? []
  : readdirSync(samples)
      .filter((name) => name.endsWith(".jsonl"))
      .map((name) => {
        const [harness = "", kind = ""] = name.replace(".jsonl", "").split("-");
        const isOk = kind === "ok";
        const output = readFileSync(join(samples, name));
        return {
          name,
          harness,
          output,
          exit: isOk || harness === "pi" ? 0 : 1,
          outcome: isOk ? "ok" : "rate_limited",
        };
      });

const streams: readonly (Recorded & { readonly name: string; readonly outcome: Outcome })[] = [
  ...recorded,
  ...MADE_UP.map((run) => ({ ...run, name: run.what })),
];

describe.skipIf(recorded.length === 0)("a recorded run of a real agent CLI", () => {
  test.each(recorded.map((run) => [run.name, run.outcome, run] as const))(
    "%s is %s",
    (_name, outcome, run) => {
      expect(decide(run).outcome).toBe(outcome);
    },
  );
});

describe("every stream", () => {
  test("cut at any byte gives exactly one outcome", () => {
    for (const run of streams) {
      for (let length = 0; length < run.output.length; length++) {
        const cut = decide({
          ...run,
          output: Buffer.from(run.output).subarray(0, length),
          exit: 137,
          end: undefined,
        });
        expect(OUTCOMES).toContain(cut.outcome);
      }
    }
  }, 60_000);

  test("has the same outcome with foreign lines in between, in blocks of any size", () => {
    const junk = fc.oneof(
      fc.string().filter((text) => !text.includes("\n")),
      fc.constantFrom(
        "{",
        "null",
        "[]",
        '{"type":',
        '{"type":1}',
        '{"a":1}',
        "npm warn",
        "\u2028",
        "429 rate limit reached",
      ),
      fc.json({ maxDepth: 2 }).map((text) => text.replaceAll("\n", " ")),
    );
    const property = fc.property(
      fc.constantFrom(...streams),
      fc.array(junk, { maxLength: 6 }),
      fc.integer({ min: 1, max: 700 }),
      (run, foreign, blockBytes) => {
        const lines = Buffer.from(run.output).toString().split("\n");
        const mixed = lines.flatMap((line, index) => [foreign[index % 7] ?? "", line]).join("\n");
        expect(decide({ ...run, output: mixed, blockBytes }).outcome).toBe(run.outcome);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  test("of bytes that mean nothing is read by every adapter without an error", () => {
    const property = fc.property(
      fc.constantFrom(...ADAPTERS),
      fc.uint8Array({ maxLength: 400 }),
      fc.integer({ min: 0, max: 255 }),
      (harness, output, exit) => {
        expect(OUTCOMES).toContain(decide({ harness, output, exit }).outcome);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  test("whose values are of other types than known is read without an error", () => {
    const types = [...new Set(streams.flatMap((run) => typesIn(Buffer.from(run.output).toString())))];
    const fields = [
      "message",
      "item",
      "part",
      "error",
      "usage",
      "rate_limit_info",
      "content",
      "result",
      "modelUsage",
    ];
    const line = fc
      .record({
        type: fc.constantFrom(...types),
        field: fc.constantFrom(...fields),
        value: fc.jsonValue({ maxDepth: 3 }),
      })
      .map(({ type, field, value }) => JSON.stringify({ type, subtype: "init", [field]: value }));
    const property = fc.property(
      fc.constantFrom(...ADAPTERS),
      fc.array(line, { maxLength: 8 }),
      (harness, lines) => {
        expect(OUTCOMES).toContain(decide({ harness, output: lines.join("\n") }).outcome);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });
});

const typesIn = (text: string): string[] =>
  [...text.matchAll(/"type":"([^"]+)"/g)].map(([, type = ""]) => type);
