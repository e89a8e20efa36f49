import { expect, test } from "bun:test";
import fc from "fast-check";
import { renderedPrinter } from "../../../src/cli/log-view/line-printer.ts";
import { LogView } from "../../../src/cli/log-view/log-view.ts";
import { HELD_WHEN_FOLLOWING, newRenderState, renderLine } from "../../../src/cli/log-view/render.ts";
import { rendered, settingsFor } from "./rendering.ts";

/** Lines that start and end every kind of section, mixed with anything. */
const line = fc.oneof(
  fc.constantFrom(
    ...[
      "```",
      "````",
      "thinking",
      "user",
      "codex",
      "tool: x",
      "tokens used",
      "1,2",
      "error: x",
      "    at a.ts:1",
    ],
    ...[
      "diff --git a/x b/x",
      "--- a/x",
      "+++ b/x",
      "@@ -1 +1 @@",
      "-a",
      "+b",
      "-ab",
      "+ac",
      " c",
      "",
      "\\ No",
    ],
    ...[
      "APPROVAL REQUIRED",
      "rejected",
      "$ ls",
      "exit code: 1",
      "stderr: x",
      "OpenCode v1",
      "---",
      "model: x",
    ],
    ...[
      "[2026-01-02T03:04:05Z] run",
      "\u001b[31mred",
      "a\u0007b\r",
      '{"type":"custom","a":[1,"x"]}',
      '{"type":',
    ],
  ),
  fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", "")),
  fc.json(),
);
const log = fc.array(line, { maxLength: 60 });

test("rendering never throws, and prints no control character but tab, LF and its colours", () => {
  fc.assert(
    fc.property(log, fc.boolean(), fc.boolean(), (lines, color, compact) => {
      const shown = rendered(lines, { color, compact }).join("");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be left
      expect(shown.replace(/\u001b\[[0-9;]*m/g, "")).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/);
      if (!color) expect(shown).not.toContain("\u001b");
    }),
  );
});

/** What the colourless rendering adds to a line. */
const undecorated = (shown: string): string =>
  shown.replace(/^(?:== |>> |\[ERROR\] |\[WARN\] )/, "").replaceAll(/\[-|-\]|\{\+|\+\}/g, "");

test("without colour and without events of agents no line is lost, and their order stays", () => {
  fc.assert(
    fc.property(log, (lines) => {
      const quiet = lines.filter((text) => !text.trim().startsWith("{"));
      const shown = rendered(quiet).filter((text) => text !== "\u2500".repeat(40));
      expect(shown.length).toBe(quiet.length);
      const readable = quiet.map((text) => rendered([text]).map(undecorated)[0] ?? "");
      expect(shown.map(undecorated)).toEqual(readable);
    }),
  );
});

test("with colour the same words are shown as without, where no conversion changes them", () => {
  fc.assert(
    fc.property(log, (lines) => {
      const plain = rendered(lines).map(undecorated);
      expect(rendered(lines, { color: true }).map((text) => undecorated(Bun.stripANSI(text)))).toEqual(plain);
    }),
  );
});

test("a log that is fed in chunks that end anywhere shows the same as in one piece", () => {
  fc.assert(
    fc.property(
      log,
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      fc.boolean(),
      (lines, sizes, color) => {
        const bytes = new TextEncoder().encode(lines.map((text) => `${text}\n`).join(""));
        const settings = settingsFor({ color, heldLimit: HELD_WHEN_FOLLOWING });
        const view = new LogView(renderedPrinter(settings), undefined);
        const printed: Uint8Array[] = [];
        let at = 0;
        for (let turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          printed.push(view.feed(bytes.slice(at, at + size)));
          at += size;
        }
        printed.push(view.end());
        const decoded = new TextDecoder().decode(bytes).split("\n").slice(0, -1);
        expect(Buffer.concat(printed).toString()).toBe(
          rendered(decoded, { color, heldLimit: HELD_WHEN_FOLLOWING })
            .map((text) => `${text}\n`)
            .join(""),
        );
      },
    ),
  );
});

test("at any moment no more changed lines are held back than the limit says", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("-a", "+b", " c")),
      fc.integer({ min: 1, max: 5 }),
      (lines, heldLimit) => {
        const state = newRenderState();
        const settings = settingsFor({ heldLimit });
        let shown = renderLine(state, "@@ x", settings).length;
        lines.forEach((text, index) => {
          shown += renderLine(state, text, settings).length;
          expect(index + 2 - shown).toBeLessThan(heldLimit);
        });
      },
    ),
  );
});
