import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { classify, ForgeError } from "../../src/core/errors.ts";
import type { Loop } from "../../src/core/loop.ts";
import { VerbsSandbox } from "./verbs-sandbox.ts";

type Row = [row: string, words: string[], message: string, exit?: number];

/** Rows that answer the same on a machine where Forge has never run. */
const onFreshMachine: Row[] = [
  ["stop a b", ["stop", "a", "b"], "accepts at most 1 arg(s), received 2"],
  ["kill a b", ["kill", "a", "b"], "accepts at most 1 arg(s), received 2"],
  ["rm a b", ["rm", "a", "b"], "accepts at most 1 arg(s), received 2"],
  ["explain a b", ["explain", "a", "b"], "accepts at most 1 arg(s), received 2"],
  ["clean x", ["clean", "x"], 'unknown command "x" for "forge clean"'],
  ["scale x", ["scale", "x"], 'unknown command "x" for "forge scale"'],
  ["status x", ["status", "x"], 'unknown command "x" for "forge status"'],
  ["wait x", ["wait", "x"], 'unknown command "x" for "forge wait"'],
  ["resume alone", ["resume"], "accepts 1 arg(s), received 0"],
  ["resume a b", ["resume", "a", "b"], "accepts 1 arg(s), received 2"],
  ["queue ls alone", ["queue", "ls"], "accepts 1 arg(s), received 0"],
  ["queue rm with one word", ["queue", "rm", "a"], "accepts 2 arg(s), received 1"],
  ["queue bogus", ["queue", "bogus"], "unknown queue subcommand 'bogus'"],
  ["stop alone", ["stop"], "specify a loop or selector"],
  ["kill alone", ["kill"], "specify a loop or selector"],
  ["rm alone", ["rm"], "specify a loop or selector"],
  ["msg alone", ["msg"], "specify a loop or selector"],
  ['stop ""', ["stop", ""], "specify a loop or selector"],
  ['stop " "', ["stop", " "], "loop name or ID required"],
  ["an empty selector is none", ["stop", "--tag", ""], "specify a loop or selector"],
  ["msg a", ["msg", "a"], "message text required"],
  ["msg a with a blank text", ["msg", "a", "  "], "message text required"],
  ["msg a --now without text", ["msg", "a", "--now"], "message text required"],
  ["msg --all with no text", ["msg", "--all"], "message, --seq, or --next-prompt required"],
  ["rm --all", ["rm", "--all"], "selector-based removal requires --force"],
  ["rm by tag, with a name too", ["rm", "a", "--tag", "x"], "selector-based removal requires --force"],
  ["rm --all --force with no loops", ["rm", "--all", "--force"], "no loops matched"],
  ["kill --all with no loops", ["kill", "--all"], "no loops matched"],
  ["stop of a state that nothing has", ["stop", "--state", "bogus"], "no loops matched"],
  ["clean with nothing to do", ["clean"], "no inactive loops matched"],
  ["stop --pool nope", ["stop", "--pool", "nope"], "pool not found: nope"],
  ["clean --profile nope", ["clean", "--profile", "nope"], "profile not found: nope"],
  ["queue ls x on empty db", ["queue", "ls", "x"], "loop 'x' not found (no loops registered yet)"],
  ["stop x on empty db", ["stop", "x"], "loop 'x' not found (no loops registered yet)"],
  ["resume x on empty db", ["resume", "x"], "loop 'x' not found (no loops registered yet)"],
  ["queue move --to zz", ["queue", "move", "l", "id", "--to", "zz"], 'unknown move target "zz"'],
  ["status --watch", ["status", "--watch"], "--watch requires --jsonl output format"],
  ["scale -n -1", ["scale", "-n", "-1"], "--count must be >= 0"],
  [
    "scale with pool and profile",
    ["scale", "--pool", "a", "--profile", "b"],
    "use either --pool or --profile, not both",
  ],
  ["scale --interval=-1s", ["scale", "--interval=-1s"], "interval must be >= 0"],
  ["15 section 6: --first-output", ["scale", "--first-output=-1s"], "first output must be >= 0"],
  ["15 section 6: --stall", ["scale", "--stall=-1s"], "stall must be >= 0"],
  ["15 section 6: --run-timeout", ["scale", "--run-timeout=-1s"], "run timeout must be >= 0"],
  ['scale --until "" is none', ["scale", "--until", " ", "-n", "-1"], "--count must be >= 0"],
  [
    "scale with --until and a quantitative stop",
    ["scale", "--until", "make test", "--quantitative-stop-every", "1"],
    "use either --until or --quantitative-stop-..., not both",
  ],
  [
    "scale --stop-after-failures=-1",
    ["scale", "--stop-after-failures=-1"],
    "--stop-after-failures must be >= 0",
  ],
  [
    "scale --stop-after-no-progress=-1",
    ["scale", "--stop-after-no-progress=-1"],
    "--stop-after-no-progress must be >= 0",
  ],
  ["scale has no --name", ["scale", "--name", "a"], "unknown flag: --name"],
  [
    "explain alone",
    ["explain"],
    "no agent specified and no context set (use 'forge use <agent>' or provide agent ID)",
  ],
  ["explain x", ["explain", "x"], "agent 'x' not found"],
  ["explain qi_x", ["explain", "qi_x"], "queue item not found: qi_x"],
  ["wait without --until", ["wait"], 'required flag(s) "until" not set'],
  [
    "wait for an unknown condition of agents",
    ["wait", "--until", "bogus"],
    "invalid condition 'bogus'; valid conditions: [idle queue-empty cooldown-over all-idle any-idle ready]",
  ],
  [
    "wait for an unknown condition of loops",
    ["wait", "--loop", "x", "--until", "bogus"],
    "invalid condition 'bogus'; valid conditions: [stopped sleeping waiting running error idle queue-empty run-done runs=N]",
  ],
  [
    "wait without an agent",
    ["wait", "--until", "idle"],
    "--agent is required for condition 'idle' (no context set)",
  ],
  [
    "wait without a workspace",
    ["wait", "--until", "all-idle"],
    "--workspace is required for condition 'all-idle' (no context set)",
  ],
  [
    "wait for a loop and an agent",
    ["wait", "--loop", "x", "--agent", "y", "--until", "idle"],
    "use either --loop or --agent, not both",
  ],
  ["wait -t 0", ["wait", "--loop", "x", "--until", "idle", "-t", "0"], "--timeout must be > 0"],
  [
    "wait --poll-interval=-1s",
    ["wait", "--loop", "x", "--until", "idle", "--poll-interval=-1s"],
    "--poll-interval must be > 0",
  ],
  [
    "wait for an unknown loop",
    ["wait", "--loop", "x", "--until", "idle"],
    "loop 'x' not found (no loops registered yet)",
    2,
  ],
];

/** One for all rows: an error changes nothing, which every row looks at. */
function sharedSandbox(): () => VerbsSandbox {
  let sandbox: VerbsSandbox | undefined;
  beforeAll(() => {
    sandbox = new VerbsSandbox();
  });
  afterAll(() => sandbox?.[Symbol.asyncDispose]());
  return () => {
    if (sandbox === undefined) throw new Error("used before the first test");
    return sandbox;
  };
}

describe("20 edge cases: verbs on a fresh machine", () => {
  const sandbox = sharedSandbox();
  for (const [row, words, message, exit = 1] of onFreshMachine) {
    test(`${row}: ${message}, in text and in JSON, and nothing is created`, async () => {
      const forge = sandbox();
      expect(await forge.run(words)).toEqual({ code: exit, stdout: "", stderr: `${message}\n` });
      const { code, stdout, stderr } = await forge.run(["--json", ...words]);
      expect({ code, stderr }).toEqual({ code: exit, stderr: "" });
      const { error } = JSON.parse(stdout);
      expect(error).toMatchObject({ message, code: new ForgeError(classify(message), "").code });
      expect(existsSync(forge.dataDir)).toBe(false);
    });
  }

  test("status --watch --json: the envelope", async () => {
    const { code, stdout } = await sandbox().run(["status", "--watch", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error.message).toBe("--watch requires --jsonl output format");
  });
});

describe("20 edge cases: references", () => {
  const references: Row[] = [
    ["another case", ["stop", "W-1"], "loop 'W-1' not found. Example input: 'w-1' or 'abc12301'"],
    ["a prefix of a name", ["kill", "w-"], "loop 'w-' not found. Example input: 'w-1' or 'abc12301'"],
    [
      "a prefix of two ids",
      ["stop", "ABC12"],
      "loop 'ABC12' is ambiguous; matches: w-1 (abc12301), w-2 (abc12402) (use a longer prefix or full ID)",
    ],
    ["a name outside of the filter", ["kill", "w-1", "--tag", "nope"], "loop 'w-1' not found"],
    [
      "queue clear of another",
      ["queue", "clear", "zz"],
      "loop 'zz' not found. Example input: 'w-1' or 'abc12301'",
    ],
    [
      "wait for another",
      ["wait", "--loop", "w-1,zz", "--until", "idle"],
      "loop 'zz' not found. Example input: 'w-1' or 'abc12301'",
      2,
    ],
    [
      "explain of two",
      ["explain", "abc12"],
      "loop 'abc12' is ambiguous; matches: w-1 (abc12301), w-2 (abc12402) (use a longer prefix or full ID)",
    ],
    ["a prompt that is not there", ["msg", "w-1", "--next-prompt", "nope"], "prompt not found: nope"],
    ["an item that is not there", ["queue", "rm", "w-1", "nope"], "queue item not found in loop"],
    ["a move in an empty queue", ["queue", "move", "w-1", "nope"], "no pending items"],
    [
      "resume with an unknown owner",
      ["resume", "w-1", "--spawn-owner", "zz"],
      'invalid --spawn-owner "zz" (valid: local|daemon|auto)',
    ],
  ];
  const sandbox = sharedSandbox();
  let first: Loop;
  beforeAll(() => {
    first = sandbox().loop("w-1", { shortId: "abc12301" });
    sandbox().loop("w-2", { shortId: "abc12402" });
  });
  for (const [row, words, message, exit = 1] of references) {
    test(`${row}: ${message}`, async () => {
      expect(await sandbox().run(words)).toEqual({ code: exit, stdout: "", stderr: `${message}\n` });
      expect(sandbox().items(first.id)).toEqual([]);
    });
  }
});
