import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";
import { addWorkspace, agentQueue } from "../support/places.ts";

const Q = `name: q
description: Q
tags: [z]
steps:
  - {type: message, message: "do {{.v}}"}
  - {type: pause, duration: 10s, reason: rest}
  - {type: conditional, when: idle, content: cont}
  - {type: conditional, expression: "x == 1", content: cc}
variables:
  - {name: v, description: vee, required: true}
`;

function withSequences(files: Record<string, string> = { "q.yaml": Q }): Forge {
  const forge = new Forge();
  mkdirSync(join(forge.repo, ".git"));
  mkdirSync(join(forge.repo, ".forge/sequences"), { recursive: true });
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(forge.repo, ".forge/sequences", name), text);
  return forge;
}

const source = (forge: Forge, file: string) => join(forge.repo, ".forge/sequences", file);

describe("30 section 8: forge seq ls and show", () => {
  test("the sequences that Forge brings", async () => {
    await using forge = new Forge();
    const list = await forge.must(["seq", "ls"]);
    expect(list).toStartWith("NAME         STEPS  DESCRIPTION");
    expect(list).toMatch(/^bugfix {7}5 {6}\S.* builtin$/m);
    expect(list).toMatch(/^feature {6}5 {6}\S.* builtin$/m);
    expect(list).toMatch(/^review-loop {2}5 {6}\S.* builtin$/m);
    expect(await forge.must(["sequence", "list"])).toBe(list);
    expect(await forge.must(["seq", "ls", "--tags", "none"])).toBe("No sequences found\n");
    const kinds = async (name: string) =>
      (await forge.must(["seq", "show", name])).match(/\[[^\]]+\]/g)?.join(" ");
    expect(await kinds("bugfix")).toBe("[message] [pause 30s] [conditional:idle] [pause 30s] [message]");
    expect(await kinds("feature")).toBe("[message] [pause 30s] [conditional:idle] [message] [message]");
    expect(await kinds("review-loop")).toBe("[message] [pause 30s] [conditional:idle] [pause 20s] [message]");
  });

  test("a sequence is shown as the specification has it", async () => {
    await using forge = withSequences();
    expect(await forge.must(["seq", "show", "Q"])).toBe(`Sequence: q
Source: ${source(forge, "q.yaml")}
Description: Q
Tags: z

Steps:
  1. [message] do {{.v}}
  2. [pause 10s] rest
  3. [conditional:idle] cont
  4. [conditional:custom] cc (expr: x == 1)

Variables:
- v: vee (required)
`);
    expect(JSON.parse(await forge.must(["seq", "show", "q", "--json"]))).toEqual({
      name: "q",
      description: "Q",
      steps: [
        { type: "message", content: "do {{.v}}" },
        { type: "pause", duration: "10s", reason: "rest" },
        { type: "conditional", content: "cont", when: "idle" },
        { type: "conditional", content: "cc", when: "custom", expression: "x == 1" },
      ],
      variables: [{ name: "v", description: "vee", required: true }],
      tags: ["z"],
      source: source(forge, "q.yaml"),
    });
  });

  const withSteps = (...steps: string[]) =>
    `name: a\nsteps:\n${steps.map((step) => `  - {${step}}\n`).join("")}`;
  const broken: [row: string, text: string, reason: string][] = [
    ["no name", "steps: [{type: message, content: m}]", "sequence name is required"],
    ["no steps", "name: a", "sequence steps are required"],
    ["an empty list of steps", "name: a\nsteps: []", "sequence steps are required"],
    ["a message without content", withSteps("type: message"), "sequence step 1: message content is required"],
    [
      "a pause without duration",
      withSteps("type: message, content: m", "type: pause"),
      "sequence step 2: pause duration is required",
    ],
    [
      "a pause that is no duration",
      withSteps("type: pause, duration: soon"),
      'sequence step 1: invalid pause duration: invalid duration "soon"',
    ],
    [
      "a pause of nothing",
      withSteps("type: pause, duration: 0s"),
      "sequence step 1: pause duration must be greater than 0",
    ],
    [
      "a pause below a second",
      withSteps("type: pause, duration: 300ms"),
      "sequence step 1: pause duration must be at least 1s",
    ],
    [
      "a condition without content",
      withSteps("type: conditional, when: idle"),
      "sequence step 1: conditional message is required",
    ],
    [
      "a condition without when",
      withSteps("type: conditional, content: m"),
      "sequence step 1: conditional when is required",
    ],
    [
      "an unknown when",
      withSteps("type: conditional, content: m, when: later"),
      'sequence step 1: unknown conditional when "later"',
    ],
    [
      "a custom condition without expression",
      withSteps("type: conditional, content: m, when: custom"),
      "sequence step 1: conditional expression is required",
    ],
    ["an unknown type", withSteps("type: wait"), 'sequence step 1: unknown step type "wait"'],
    [
      "content and message apart",
      withSteps("type: message, content: a, message: b"),
      "sequence step 1: content and message disagree",
    ],
    [
      "a variable that stands twice",
      `${withSteps("type: message, content: m")}variables: [{name: v}, {name: v}]`,
      'duplicate sequence variable "v"',
    ],
  ];
  test.each(broken)("is refused when it is read: %s", async (_row, text, reason) => {
    await using forge = withSequences({ "bad.yaml": text });
    const { code, stdout, stderr } = await forge.run(["seq", "ls"]);
    expect([code, stdout, stderr]).toEqual([
      1,
      "",
      `parse sequence ${source(forge, "bad.yaml")}: ${reason}\n`,
    ]);
  });

  test("a sequence of one's own is written in the editor, changed and deleted", async () => {
    await using forge = new Forge();
    const path = join(forge.configDir, "sequences/mine.yaml");
    expect(await forge.must(["seq", "add", "mine"], { env: { EDITOR: "true" } })).toBe(
      `Sequence created: ${path}\n`,
    );
    expect(readFileSync(path, "utf8")).toContain("steps:");
    expect(await forge.must(["seq", "edit", "mine"], { env: { EDITOR: "true" } })).toBe(
      `Sequence updated: ${path}\n`,
    );
    expect(await forge.must(["seq", "delete", "mine"])).toBe('Deleted sequence "mine"\n');
    expect((await forge.run(["seq", "edit", "bugfix"])).stderr).toBe(
      'sequence "bugfix" not found in user sequences\n',
    );
    expect((await forge.run(["seq", "show", "zz"])).stderr).toBe('sequence "zz" not found\n');
  });
});

describe("30 section 8: forge seq run", () => {
  const AGENT = "1a2b3c4d-5e6f";

  test("the steps are queued in order, with what waits already before them", async () => {
    await using forge = withSequences();
    addWorkspace(forge, { id: "w-1", name: "w", agents: [AGENT] });
    await forge.must(["template", "run", "commit"]);
    expect(await forge.must(["seq", "run", "q", "--var", "v=it"])).toBe(
      [
        'Queued sequence "q" (4 steps) for agent 1a2b3c4d',
        "  Step 1: message -> queued",
        "  Step 2: pause 10s -> queued",
        "  Step 3: conditional:idle -> queued",
        "  Step 4: conditional:custom -> queued",
        "",
      ].join("\n"),
    );
    const pending = { status: "pending" };
    expect(agentQueue(forge, AGENT).slice(1)).toEqual([
      { ...pending, position: 2, type: "message", payload: { text: "do it" } },
      { ...pending, position: 3, type: "pause", payload: { duration_seconds: 10, reason: "rest" } },
      {
        ...pending,
        position: 4,
        type: "conditional",
        payload: { condition_type: "when_idle", message: "cont" },
      },
      {
        ...pending,
        position: 5,
        type: "conditional",
        payload: { condition_type: "custom", expression: "x == 1", message: "cc" },
      },
    ]);
    const json = JSON.parse(await forge.must(["seq", "run", "bugfix", "--var", "issue_id=7", "--json"]));
    expect(json).toEqual({
      sequence: "bugfix",
      agent_id: AGENT,
      item_ids: Array(5).fill(expect.any(String)),
    });
  });

  const conditions: [when: string, condition: object][] = [
    ["when: Idle", { condition_type: "when_idle" }],
    ["when: when_idle", { condition_type: "when_idle" }],
    ["when: whenidle", { condition_type: "when_idle" }],
    ["when: cooldown", { condition_type: "after_cooldown" }],
    ["when: cooldown_over, expression: e", { condition_type: "after_cooldown", expression: "e" }],
    ["when: after-cooldown", { condition_type: "after_cooldown" }],
    ["when: aftercooldown", { condition_type: "after_cooldown" }],
    ["when: after-previous", { condition_type: "after_previous" }],
    ["when: afterprevious", { condition_type: "after_previous" }],
    ["when: queue-empty", { condition_type: "custom", expression: "queue_length == 0" }],
    ["when: queueempty", { condition_type: "custom", expression: "queue_length == 0" }],
    ["when: expr, expression: e", { condition_type: "custom", expression: "e" }],
    ["when: expression, expression: e", { condition_type: "custom", expression: "e" }],
    ['when: "expr: a_b > 1"', { condition_type: "custom", expression: "a_b > 1" }],
    ['when: "expression:e"', { condition_type: "custom", expression: "e" }],
  ];
  test("each way to say when", async () => {
    const steps = conditions.map(([when]) => `  - {type: conditional, content: m, ${when}}\n`);
    await using forge = withSequences({ "c.yaml": `name: c\nsteps:\n${steps.join("")}` });
    addWorkspace(forge, { id: "w-1", name: "w", agents: [AGENT] });
    await forge.must(["seq", "run", "c"]);
    expect(agentQueue(forge, AGENT).map(({ payload }) => payload)).toEqual(
      conditions.map(([, condition]) => ({ ...condition, message: "m" })),
    );
  });

  test("what cannot be rendered or has nobody to go to is not queued, not in part either", async () => {
    await using forge = withSequences({
      "q.yaml": Q,
      "odd.yaml": 'name: odd\nsteps: [{type: message, content: m}, {type: message, content: "{{if}}"}]\n',
    });
    const refused: [words: string[], message: string][] = [
      [["zz"], 'sequence "zz" not found'],
      [["q"], 'missing required variable "v"'],
      [["odd"], 'render sequence "odd" step 2: missing value for command'],
      [
        ["q", "--var", "v=x"],
        "agent required: provide agent ID as argument, set context with 'forge use --agent <agent>', or run from a workspace directory",
      ],
    ];
    for (const [words, message] of refused)
      expect(await forge.run(["seq", "run", ...words])).toEqual({
        code: 1,
        stdout: "",
        stderr: `${message}\n`,
      });
  });
});
