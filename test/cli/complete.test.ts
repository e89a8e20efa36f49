import { describe, expect, test } from "bun:test";
import { complete } from "../../src/cli/completion/complete.ts";
import { globalFlags } from "../../src/cli/globals.ts";
import { atLeast, atMost, exactly, type Group, noArguments } from "../../src/console/command.ts";
import { bool, integer, text } from "../../src/console/flags.ts";

const load = async () => undefined;
const root: Group = {
  kind: "group",
  name: "forge",
  summary: "",
  commands: [
    {
      kind: "command",
      name: "ps",
      aliases: ["ls"],
      summary: "List loops",
      arity: noArguments,
      flags: {
        pool: text("a pool", { completes: "pool" }),
        state: text("", { completes: ["running", "stopped"] }),
      },
      load,
    },
    {
      kind: "command",
      name: "logs",
      summary: "",
      arity: atMost(1, "[loop]", "loop"),
      flags: { lines: integer("", { short: "n" }), follow: bool("", { short: "f" }) },
      load,
    },
    { kind: "command", name: "chdir", summary: "", arity: exactly(1, "<dir>", "directory"), flags: {}, load },
    { kind: "command", name: "__complete", hidden: true, summary: "", arity: noArguments, flags: {}, load },
    {
      kind: "group",
      name: "pool",
      summary: "Pools",
      commands: [
        {
          kind: "command",
          name: "add",
          summary: "",
          arity: atLeast(2, "<pool> <profile...>", "pool", "profile"),
          flags: {},
          load,
        },
      ],
    },
  ],
};

const names = { loop: ["alpha", "beta"], pool: ["main"], profile: ["me", "you"] };
const namesOf = (kind: string) =>
  (names[kind as keyof typeof names] ?? []).map((word) => ({ word, description: kind }));

const answers = (line: string) => {
  const { candidates, files } = complete(line.split(" "), { root, globalFlags, namesOf });
  return { words: candidates.map(({ word }) => word), files };
};

describe("completion answers", () => {
  const cases: [line: string, words: string[], files?: boolean][] = [
    ["", ["ps", "logs", "chdir", "pool"]],
    ["p", ["ps", "pool"]],
    ["pool ", ["add"]],
    ["pool add ", ["main"]],
    ["pool add main ", ["me", "you"]],
    ["pool add main me y", ["you"]],
    ["logs ", ["alpha", "beta"]],
    ["logs alpha ", []],
    ["logs -n 5 a", ["alpha"]],
    ["logs -fn 5 a", ["alpha"]],
    ["logs --lines 5 b", ["beta"]],
    ["--json logs a", ["alpha"]],
    ["ls --po", ["--pool"]],
    ["ps --pool ", ["main"]],
    ["ps --pool=m", ["--pool=main"]],
    ["ps --state s", ["stopped"]],
    ["logs -- -", []],
    ["chdir ", [], true],
    ["-C ", [], true],
    ["nosuch ", ["ps", "logs", "chdir", "pool"]],
    ["ps --nosuch ", []],
  ];
  for (const [line, words, files = false] of cases) {
    test(`forge ${line}<TAB>`, () => expect(answers(line)).toEqual({ words, files }));
  }

  test("flags of the command and the global ones are offered after a dash", () => {
    const { words } = answers("ps -");
    expect(words).toContain("--state");
    expect(words).toContain("--json");
    expect(words).not.toContain("--version");
  });
});
