import { describe, expect, test } from "bun:test";
import {
  atLeast,
  atMost,
  type Command,
  exactly,
  type Group,
  noArguments,
} from "../../src/console/command.ts";
import { bool, duration, type Flags, integer, list, text, values } from "../../src/console/flags.ts";
import { checkUsage, parseLine } from "../../src/console/parse.ts";

const flags = {
  follow: bool("", { short: "f" }),
  lines: integer("", { short: "n", default: 50 }),
  repo: text(""),
  since: text(""),
  interval: duration(""),
  timeout: duration("", { short: "t" }),
  var: list(""),
  env: values(""),
} as const;

const describeCommand = (name: string, arity: Command["arity"], own: Flags = flags): Command => ({
  kind: "command",
  name,
  summary: name,
  arity,
  flags: own,
  load: async () => undefined,
});

const memFlags = { loop: text("") } as const;

const root: Group = {
  kind: "group",
  name: "forge",
  summary: "",
  commands: [
    describeCommand("ps", noArguments),
    describeCommand("run", exactly(1, "<loop>")),
    describeCommand("stop", atMost(1, "[loop]")),
    describeCommand("add", atLeast(2, "<pool> <profile...>")),
    describeCommand("msg", atLeast(0, "[words...]")),
    describeCommand("wait", noArguments, { until: text("", { required: true }) }),
    {
      kind: "group",
      name: "mem",
      summary: "",
      flags: memFlags,
      commands: [describeCommand("set", exactly(2, "<key> <value>"), memFlags)],
    },
  ],
};

const globalFlags = {
  json: bool(""),
  since: text(""),
  chdir: text("", { short: "C" }),
  verbose: bool("", { short: "v" }),
};
const rootFlags = { version: bool("") };

const parse = (line: string) =>
  parseLine(line === "" ? [] : line.split(" "), { root, globalFlags, rootFlags });

function usageError(line: string): string {
  try {
    const parsed = parse(line);
    const entry = parsed.path.at(-1);
    if (entry?.kind === "command") checkUsage(entry, parsed.path.map(({ name }) => name).join(" "), parsed);
    return "accepted";
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

describe("20 section 1.1: accepted forms", () => {
  const cases: [line: string, local: Record<string, unknown>, positionals?: string[]][] = [
    ["ps --lines 5", { lines: 5 }],
    ["ps --lines=5", { lines: 5 }],
    ["ps -n 5", { lines: 5 }],
    ["ps -n5", { lines: 5 }],
    ["ps -n=5", { lines: 5 }],
    ["ps -fn 5", { follow: true, lines: 5 }],
    ["ps -fn5", { follow: true, lines: 5 }],
    ["ps --follow=false", { follow: false }],
    ["ps --follow=T", { follow: true }],
    ["ps --interval -1s", { interval: -1000 }],
    ["ps --interval=-1s", { interval: -1000 }],
    ["ps --interval 30", { interval: 30_000 }],
    ["ps --lines 5 --lines 6", { lines: 6 }],
    ["ps --var a=1,b=2 --var c=3", { var: ["a=1", "b=2", "c=3"] }],
    ["ps --env A=1,2 --env B=3", { env: ["A=1,2", "B=3"] }],
    ["msg a -- --dash -n", { lines: 50 }, ["a", "--dash", "-n"]],
    ["msg a b --lines 5 c", { lines: 5 }, ["a", "b", "c"]],
    ["msg -", {}, ["-"]],
    ["ps --repo --json", { repo: "--json" }],
    ["mem --loop x set k v", { loop: "x" }, ["k", "v"]],
    ["mem set k v --loop x", { loop: "x" }, ["k", "v"]],
  ];
  for (const [line, local, positionals] of cases) {
    test(line, () => {
      const parsed = parse(line);
      expect(parsed.local).toMatchObject(local);
      if (positionals) expect(parsed.positionals).toEqual(positionals);
    });
  }

  test("a local flag wins over the global one of the same name", () => {
    expect(parse("ps --since 1h")).toMatchObject({ local: { since: "1h" }, global: { since: undefined } });
    expect(parse("--since 1h ps")).toMatchObject({ local: { since: undefined }, global: { since: "1h" } });
  });

  test("global flags stand on either side of the command", () => {
    expect(parse("--json -C /x ps -v").global).toMatchObject({ json: true, chdir: "/x", verbose: true });
    expect(parse("ps --json -C/x").global).toMatchObject({ json: true, chdir: "/x" });
  });

  test("only flags on the line count as given", () => {
    expect([...parse("ps -n 50").given]).toEqual(["lines"]);
    expect([...parse("ps").given]).toEqual([]);
  });

  test("an unknown command is named, and what follows it is not taken for another one", () => {
    expect(parse("nosuch ps").unknownWord).toBe("nosuch");
    expect(parse("mem bogus").unknownWord).toBe("bogus");
  });
});

describe("20 section 1.1: refused forms", () => {
  const cases: [row: string, line: string, message: string][] = [
    ["unknown long flag", "ps --bogus", "unknown flag: --bogus"],
    ["unknown long flag before a command", "--bogus ps", "unknown flag: --bogus"],
    ["no abbreviation of long flags", "ps --foll", "unknown flag: --foll"],
    ["a name of every object is no flag", "ps --constructor", "unknown flag: --constructor"],
    ["unknown short flag", "ps -Z", "unknown shorthand flag: 'Z' in -Z"],
    ["unknown short flag in a cluster", "ps -fZ", "unknown shorthand flag: 'Z' in -fZ"],
    ["long flag without value", "ps --repo", "flag needs an argument: --repo"],
    ["short flag without value", "ps -n", "flag needs an argument: 'n' in -n"],
    [
      "bad int",
      "ps -n x",
      'invalid argument "x" for "-n, --lines" flag: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [
      "empty int",
      "ps --lines=",
      'invalid argument "" for "-n, --lines" flag: strconv.ParseInt: parsing "": invalid syntax',
    ],
    [
      "bad bool",
      "ps --json=maybe",
      'invalid argument "maybe" for "--json" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      "bad duration flag",
      "ps -t x",
      'invalid argument "x" for "-t, --timeout" flag: time: invalid duration "x"',
    ],
    ["wrong positional count, none", "run", "accepts 1 arg(s), received 0"],
    ["wrong positional count, exact N", "run a b", "accepts 1 arg(s), received 2"],
    ["too many positionals", "stop a b", "accepts at most 1 arg(s), received 2"],
    ["too few positionals", "add a", "requires at least 2 arg(s), only received 1"],
    ["positional on a command that takes none", "ps extra", 'unknown command "extra" for "forge ps"'],
    ["missing required flag", "wait", 'required flag(s) "until" not set'],
    ["--version after a command", "ps --version", "unknown flag: --version"],
  ];
  for (const [row, line, message] of cases)
    test(`${row}: ${line}`, () => expect(usageError(line)).toBe(message));
});

describe("a group that means one of its commands alone", () => {
  const lister = describeCommand("ls", noArguments, { lines: integer("", { short: "n", default: 50 }) });
  const shower = describeCommand("show", exactly(1, "<id>"), {});
  const runs: Group = { kind: "group", name: "runs", summary: "", default: "ls", commands: [lister, shower] };
  const grammar = {
    root: { kind: "group", name: "forge", summary: "", commands: [runs] } as const,
    globalFlags: {},
    rootFlags: {},
  };
  const pathOf = (line: string) =>
    parseLine(line.split(" "), grammar)
      .path.slice(1)
      .map(({ name }) => name);

  test.each([
    ["runs", ["runs", "ls"]],
    ["runs -n 3", ["runs", "ls"]],
    ["runs ls", ["runs", "ls"]],
    ["runs show a", ["runs", "show"]],
    ["runs --help", ["runs"]],
    ["runs nosuch", ["runs"]],
  ])("%s is %p", (line, path) => expect(pathOf(line)).toEqual(path));

  test("takes the flags of that command", () => {
    expect(parseLine(["runs", "-n", "3"], grammar).local).toEqual({ lines: 3 });
    expect(() => parseLine(["runs", "show", "-n", "3"], grammar)).toThrow(
      "unknown shorthand flag: 'n' in -n",
    );
  });
});
