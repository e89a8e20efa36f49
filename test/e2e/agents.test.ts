import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { VerbsSandbox } from "../cli/verbs-sandbox.ts";
import { type AgentName, agentCommand } from "../support/agents.ts";
import { type Answer, ModelServer } from "../support/model-server.ts";
import { addAgentProfile, MODEL } from "./agent-accounts.ts";

const USAGE = { input: 100, output: 20, cached: 0 };

/** What the model answers, and what has become of the run then. */
const ANSWERS: readonly (readonly [what: string, outcome: string, answer: Answer])[] = [
  ["answers", "ok", { kind: "text", text: "All is well.", usage: USAGE }],
  ["answers 429", "rate_limited", { kind: "rate limited", retryAfterSeconds: 1 }],
  ["answers 401", "auth", { kind: "unauthorized" }],
  ["breaks off in the middle of its answer", "transient", { kind: "cut", text: "All is not well at all." }],
];

/** opencode tries a broken answer again without end; others give up. */
const answersFor = (name: AgentName) =>
  ANSWERS.filter(([, , { kind }]) => name !== "opencode" || kind !== "cut");

let forge: VerbsSandbox;
let server: ModelServer;

beforeEach(async () => {
  server = await ModelServer.start();
  forge = new VerbsSandbox();
});

afterEach(async () => {
  await forge[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Runs an agent once as a loop does, by its default template, and returns the run object. */
async function runOnce(name: AgentName, program: string) {
  addAgentProfile(forge, { name: "account", agent: name, program, server });
  const prompt = ["--prompt-msg", "Look after the tests."];
  await forge.must([
    "up",
    "--name",
    "worker",
    "--profile",
    "account",
    ...prompt,
    "--interval",
    "1h",
    "--quiet",
  ]);
  await forge.must(["wait", "--loop", "worker", "--until", "runs=1", "--quiet"], { timeoutMs: 100_000 });
  // After a short limit the loop may be in its next run already.
  return (await forge.json(["runs"])).at(-1);
}

/** What an agent tells about a good run beside its session. */
const TOLD: Readonly<Record<AgentName, object>> = {
  claude: {
    usage: { input_tokens: 100, output_tokens: 20 },
    cost_usd: expect.any(Number),
    model: expect.any(String),
  },
  codex: { usage: { input_tokens: 100, output_tokens: 20 } },
  opencode: { usage: { input_tokens: 100, output_tokens: 20 }, cost_usd: 0 },
  pi: { usage: { input_tokens: 100, output_tokens: 20 }, cost_usd: 0.00014, model: MODEL },
};

for (const name of ["claude", "codex", "opencode", "pi"] as const) {
  const program = agentCommand(name);
  if (program === undefined)
    console.warn(`skipped: ${name} is not installed (node scripts/install-agents.mjs installs it)`);

  describe.skipIf(program === undefined)(`the real ${name}, whose model`, () => {
    test.each(answersFor(name))(
      "%s: %s",
      async (_what, outcome, answer) => {
        server.answer = answer;
        const run = await runOnce(name, program ?? "");
        const { stdout } = await forge.run(["runs", "show", run.id, "--raw"]);
        expect({ outcome: run.outcome, output: stdout }).toEqual({ outcome, output: stdout });
        expect(server.requests.length).toBeGreaterThan(0);
        expect(run.session_id).toBeString();
        if (outcome === "ok") expect(run).toMatchObject(TOLD[name]);
        // The others do not pass the header on.
        if (outcome === "rate_limited" && name === "opencode") expect(run.reset_at).toBeString();
      },
      120_000,
    );
  });
}
