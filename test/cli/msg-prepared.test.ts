import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listQueue } from "../../src/store/loop-queue.ts";
import { VerbsSandbox } from "./verbs-sandbox.ts";

const FILES = {
  "templates/ask.yaml":
    "name: ask\nmessage: 'Look at {{.what}}.'\nvariables: [{name: what, required: true}]\n",
  "templates/odd.yaml": "name: odd\nmessage: '{{if}}'\n",
  "templates/empty.yaml": "name: empty\nmessage: '{{.nothing}}'\n",
  "sequences/two.yaml":
    "name: two\nsteps: [{type: message, content: 'do {{.v}}'}, {type: pause, duration: 90s, reason: rest}]\n",
  "sequences/when.yaml": "name: when\nsteps: [{type: conditional, when: idle, content: c}]\n",
};

/** A loop `a` in a repository with templates and sequences. */
function withFiles() {
  const forge = new VerbsSandbox();
  mkdirSync(join(forge.repo, ".git"));
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(forge.repo, ".forge", name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }
  const loop = forge.loop("a");
  const queue = () =>
    forge
      .withDatabase((db) => listQueue(db, loop.id))
      .map(({ type, payloadJson }) => [type, JSON.parse(payloadJson)]);
  return { forge, queue };
}

describe("20 section 10: forge msg --template and --seq", () => {
  test("a template is the message, whatever words there are", async () => {
    const { forge, queue } = withFiles();
    await using _ = forge;
    expect(await forge.must(["msg", "a", "--template", "ASK", "--var", "what=a=b,ignored"])).toBe(
      "Queued message for 1 loop(s)\n",
    );
    await forge.must(["msg", "--all", "words", "--template", "ask", "--var", "what=c", "--now"]);
    expect(queue()).toEqual([
      ["message_append", { text: "Look at a=b." }],
      ["steer_message", { message: "Look at c." }],
    ]);
  });

  test("the prompt comes first, then the steps of a sequence, then the message", async () => {
    const { forge, queue } = withFiles();
    await using _ = forge;
    writeFileSync(join(forge.repo, "next.md"), "p");
    await forge.must(["msg", "a", "last", "--seq", "two", "--var", "v=it", "--next-prompt", "next.md"]);
    await forge.must(["msg", "a", "--seq", "two", "--now"]);
    const pause = ["pause", { duration_seconds: 90, reason: "rest" }];
    expect(queue()).toEqual([
      ["next_prompt_override", { prompt: join(forge.repo, "next.md"), is_path: true }],
      ["message_append", { text: "do it" }],
      pause,
      ["message_append", { text: "last" }],
      ["message_append", { text: "do " }],
      pause,
      ["steer_message", { message: "Operator interrupt" }],
    ]);
  });

  const refused: [row: string, words: string[], message: string][] = [
    ["both", ["a", "--template", "zz", "--seq", "zz"], "use either --template or --seq, not both"],
    ["no loop, before the template is looked for", ["--template", "zz"], "specify a loop or selector"],
    ["an unknown template", ["a", "--template", "zz"], 'template "zz" not found'],
    ["an unknown sequence", ["a", "--seq", "zz"], 'sequence "zz" not found'],
    [
      "a variable that is missing",
      ["a", "--template", "ask", "--var", "what"],
      'missing required variable "what"',
    ],
    [
      "a template that cannot be rendered",
      ["a", "--template", "odd"],
      'parse template "odd": missing value for command',
    ],
    [
      "a template that leaves nothing",
      ["a", "--template", "empty"],
      "message, --seq, or --next-prompt required",
    ],
    ["a condition", ["a", "--seq", "when"], 'sequence step type "conditional" not supported for loops'],
    [
      "a sequence that Forge brings, with a condition",
      ["a", "--seq", "review-loop"],
      'sequence step type "conditional" not supported for loops',
    ],
    ["the template before the loops", ["--pool", "zz", "--template", "zz"], 'template "zz" not found'],
  ];
  test("what is refused, in the order of the checks", async () => {
    const { forge, queue } = withFiles();
    await using _ = forge;
    for (const [row, words, message] of refused)
      expect([row, await forge.run(["msg", ...words])]).toEqual([
        row,
        { code: 1, stdout: "", stderr: `${message}\n` },
      ]);
    expect(queue()).toEqual([]);
  });
});
