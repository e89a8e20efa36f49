import { describe, expect, test } from "bun:test";
import { rendered, sgr } from "./rendering.ts";

const RULE = "\u2500".repeat(40);

describe("20 section 16.3 b: styling per kind", () => {
  const cases: [kind: string, lines: string[], plain: string[], colored: string[]][] = [
    [
      "harness-header",
      ["OpenAI Codex v1", "model: x"],
      ["== OpenAI Codex v1", "== model: x"],
      ["\u001b[1m\u001b[36mOpenAI Codex v1\u001b[0m", "\u001b[1m\u001b[36mmodel: x\u001b[0m"],
    ],
    ["role-marker", ["user"], [">> user"], ["\u001b[1m\u001b[35muser\u001b[0m"]],
    [
      "status-line",
      ["[2026-01-02T03:04:05Z] loop started"],
      ["[2026-01-02T03:04:05Z] loop started"],
      [sgr("2", "[2026-01-02T03:04:05Z] loop started")],
    ],
    [
      "summary",
      ["tokens used", "1,234"],
      ["tokens used", "1,234"],
      [sgr("2", "tokens used"), sgr("2", "1,234")],
    ],
    ["thinking", ["thinking", "hm"], ["thinking", "hm"], [sgr("2", "thinking"), sgr("2", "hm")]],
    ["tool-call", ["tool: bash ls"], ["tool: bash ls"], [sgr("33", "tool: bash ls")]],
    [
      "json-event (16.5)",
      ['{"type":"custom","a":1}'],
      ['{"type":"custom","a":1}'],
      [`{${sgr("34", '"type"')}:${sgr("32", '"custom"')},${sgr("34", '"a"')}:${sgr("33", "1")}}`],
    ],
    ["code-fence", ["```", "user", "```"], ["```", "user", "```"], ["```", "user", "```"]],
    ["approval", ["APPROVAL REQUIRED", "user"], ["APPROVAL REQUIRED", "user"], ["APPROVAL REQUIRED", "user"]],
    ["unknown", ["some text"], ["some text"], ["some text"]],
    [
      "transcript prompt, known command",
      ["  $ cargo test -q"],
      ["  $ cargo test -q"],
      [`  ${sgr("1;33", "$")} ${sgr("1;36", "cargo")} test -q`],
    ],
    ["transcript prompt, unknown command", ["> foo bar"], ["> foo bar"], [sgr("1;33", "> foo bar")]],
    [
      "transcript exit line, not 0",
      ["exit code: 101"],
      ["[ERROR] exit code: 101"],
      [sgr("1;31", "exit code: 101")],
    ],
    ["transcript exit line, 0", ["exit status: 0"], ["exit status: 0"], ["exit status: 0"]],
    [
      "transcript exit line, the last number counts",
      ["Command exited with 0 after 3"],
      ["[ERROR] Command exited with 0 after 3"],
      [sgr("1;31", "Command exited with 0 after 3")],
    ],
    ["transcript exit line, no number", ["return code:"], ["return code:"], [sgr("1;33", "return code:")]],
    [
      "transcript stderr",
      ["$ foo", "[stderr] x", "2> y"],
      ["$ foo", "[WARN] [stderr] x", "[WARN] 2> y"],
      [sgr("1;33", "$ foo"), sgr("33", "[stderr] x"), sgr("33", "2> y")],
    ],
    [
      "error head, caused by, signal",
      ["error: x", "Caused by: y", "[signal 11]"],
      ["[ERROR] error: x", "[ERROR] Caused by: y", "[ERROR] [signal 11]"],
      [sgr("1;31", "error: x"), sgr("1;31", "Caused by: y"), sgr("1;31", "[signal 11]")],
    ],
    [
      "traceback header",
      ["Traceback (most recent call last):"],
      ["[ERROR] Traceback (most recent call last):"],
      [sgr("1;31", "Traceback (most recent call last):")],
    ],
    [
      "recovery, note, help",
      ["error: x", "recovery: a", "note: b", "help: c"],
      ["[ERROR] error: x", "[WARN] recovery: a", "[WARN] note: b", "[WARN] help: c"],
      [sgr("1;31", "error: x"), sgr("33", "recovery: a"), sgr("33", "note: b"), sgr("33", "help: c")],
    ],
    [
      "other lines of an error block, positions underlined",
      ["error: x", "  at f (src/a.ts:1:2) and b.go:7, c:8"],
      ["[ERROR] error: x", "  at f (src/a.ts:1:2) and b.go:7, c:8"],
      [
        sgr("1;31", "error: x"),
        [
          sgr("2;31", "  at f ("),
          sgr("4;36", "src/a.ts:1:2"),
          sgr("2;31", ") and "),
          sgr("4;36", "b.go:7"),
          sgr("2;31", ", c:8"),
        ].join(""),
      ],
    ],
  ];
  for (const [kind, lines, plain, colored] of cases) {
    test(`${kind}, colour off`, () => expect(rendered(lines)).toEqual(plain));
    test(`${kind}, colour on`, () => expect(rendered(lines, { color: true })).toEqual(colored));
  }
});

describe("20 section 16.3 b: the separator", () => {
  test("stands before a major section of another kind than the last one", () => {
    expect(rendered(["user", "hi", "error: x", "```", "a", "```"])).toEqual([
      ">> user",
      "hi",
      RULE,
      "[ERROR] error: x",
      RULE,
      "```",
      "a",
      "```",
    ]);
  });

  test("is dim when coloured", () => {
    expect(rendered(["user", "tokens used"], { color: true })[1]).toBe(sgr("2", RULE));
  });

  test("does not stand before the same kind, a minor section, or lines inside a section", () => {
    const lines = ["user", "text", "codex", "tool: x", "thinking", "[2026-01-02T03:04:05Z] x"];
    expect(rendered(lines)).not.toContain(RULE);
    expect(rendered(["text", "user"])).not.toContain(RULE);
  });
});

describe("20 section 16.3 b: --compact", () => {
  const compact = (...lines: string[]) => rendered(lines, { compact: true });

  test("the example of the specification", () => {
    expect(compact("thinking", "a", "b", "c")).toEqual(["thinking", "  ... (3 thinking lines collapsed)"]);
  });

  test("a code fence counts its closing line", () => {
    expect(compact("```ts", "a", "b", "```", "after")).toEqual([
      "```ts",
      "  ... (3 code lines collapsed)",
      "after",
    ]);
  });

  test("nothing is said about nothing", () => {
    expect(compact("thinking", "user", "hi")).toEqual(["thinking", ">> user", "hi"]);
  });

  test("a block that follows another of its kind is a block of its own", () => {
    expect(compact("```", "a", "```", "```", "b", "```")).toEqual([
      "```",
      "  ... (2 code lines collapsed)",
      "```",
      "  ... (2 code lines collapsed)",
    ]);
  });

  test("the count stands before the separator, dim when coloured", () => {
    expect(rendered(["user", "thinking", "a", "tokens used"], { compact: true, color: true })).toEqual([
      "\u001b[1m\u001b[35muser\u001b[0m",
      sgr("2", "thinking"),
      sgr("2", "  ... (1 thinking lines collapsed)"),
      sgr("2", RULE),
      sgr("2", "tokens used"),
    ]);
  });
});

describe("20 section 16.4: the environment selects the palette", () => {
  const error = (env: Record<string, string>) => rendered(["user"], { color: true, env })[0];
  const header = (env: Record<string, string>) => rendered(["OpenCode v1"], { color: true, env })[0];
  const warning = (env: Record<string, string>) => rendered(["tool: x"], { color: true, env })[0];

  test("16 colours on dark without it, and for values that mean nothing", () => {
    expect(header({})).toBe("\u001b[1m\u001b[36mOpenCode v1\u001b[0m");
    expect(header({ FORGE_LOG_COLOR_SCHEME: "pink", FORGE_LOG_COLOR_CAPABILITY: "12" })).toBe(header({}));
    expect(header({ COLORFGBG: "0;15", COLORTERM: "truecolor" })).toBe(header({}));
  });

  test("light", () => {
    const env = { FORGE_LOG_COLOR_SCHEME: "light" };
    expect(header(env)).toBe("\u001b[1m\u001b[34mOpenCode v1\u001b[0m");
    expect(warning(env)).toBe(sgr("1;35", "tool: x"));
    expect(error(env)).toBe("\u001b[1m\u001b[35muser\u001b[0m");
  });

  test.each(["ansi256", "256", "truecolor", "24bit"])("richer shades: %s", (capability) => {
    expect(warning({ FORGE_LOG_COLOR_CAPABILITY: capability })).toBe(sgr("38;5;179", "tool: x"));
  });

  test.each(["ansi16", "16"])("16 colours: %s", (capability) => {
    expect(warning({ FORGE_LOG_COLOR_CAPABILITY: capability })).toBe(sgr("33", "tool: x"));
  });
});

describe("20 section 16.5: structured data", () => {
  const colored = (line: string) => rendered([line], { color: true })[0];

  test("true, false, null and punctuation are plain; blanks, escapes and numbers stay as they are", () => {
    expect(colored('{"type":"a" , "b\\"" : [true, null, -1.5e+3,"c\\\\"]}')).toBe(
      `{${sgr("34", '"type"')}:${sgr("32", '"a"')} , ${sgr("34", '"b\\""')} : [true, null, ${sgr("33", "-1.5e+3")},` +
        `${sgr("32", '"c\\\\"')}]}`,
    );
  });

  test("what is not JSON stays a plain line", () => {
    expect(colored('{"type":"a", b: 1}')).toBe('{"type":"a", b: 1}');
  });

  test("without the codes the line is what it was", () => {
    const line = '{"type":"x","n":12345678901234567890,"s":"\\u00e9 \u00e9","d":1.0}';
    expect(Bun.stripANSI(colored(line) ?? "")).toBe(line);
  });
});

describe("20 section 16.6: layers", () => {
  const lines = [
    "user",
    "text",
    "tool: x",
    "$ ls",
    "out",
    "error: x",
    "    at y",
    "diff --git a/x b/x",
    "@@ x",
    "+a",
  ];
  const cases = [
    ["events", [">> user"]],
    ["tools", ["tool: x", "$ ls", "out"]],
    ["errors", ["[ERROR] error: x", "    at y"]],
    ["diff", ["diff --git a/x b/x", "@@ x", "+a"]],
  ] as const;
  test.each(cases)("%s", (layer, shown) => {
    expect(rendered(lines, { layer })).toEqual([...shown]);
  });
});
