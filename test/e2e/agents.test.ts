import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { VerbsSandbox } from "../cli/verbs-sandbox.ts";
import { type AgentName, agentCommand } from "../support/agents.ts";
import { type Answer, type ModelRequest, ModelServer } from "../support/model-server.ts";
import { processesWith } from "../support/processes.ts";
import { addAgentProfile, MODEL } from "./agent-accounts.ts";

const PROMPT = "Look after the tests.";
const GO_ON = "Continue where you stopped.";

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

/** Starts a loop of an agent by its default template and waits for so many runs. The answer are run objects, oldest first. */
async function runAgent(name: AgentName, program: string, runs: number, flags: string[] = []) {
  addAgentProfile(forge, { name: "account", agent: name, program, server });
  const work = ["--name", "worker", "--profile", "account", "--prompt-msg", PROMPT, "--interval", "1h"];
  await forge.must(["up", ...work, ...flags, "--quiet"]);
  const ended = ["--until", `runs=${runs}`, "--quiet"];
  await forge.must(["wait", "--loop", "worker", ...ended], { timeoutMs: 100_000 });
  return (await forge.json(["runs"])).reverse();
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
        // After a short limit the loop may be in its next run already.
        const [run] = await runAgent(name, program ?? "", 1);
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

    if (name === "opencode")
      test("breaks off in the middle of its answer: it tries again by itself, and no outcome is lost", async () => {
        const isFirst = () => server.requests.length < 3;
        server.answer = () =>
          isFirst()
            ? { kind: "cut", text: "All is not well at all." }
            : { kind: "text", text: "All is well.", usage: USAGE };
        const [run] = await runAgent(name, program ?? "", 1);
        const { stdout } = await forge.run(["runs", "show", run.id, "--raw"]);
        expect({ outcome: run.outcome, output: stdout }).toEqual({ outcome: "ok", output: stdout });
        expect(stdout).toContain("All is well.");
      }, 120_000);

    // opencode is busy for longer after its start than a test should take.
    test.skipIf(name === "opencode")(
      "stops in the middle of its answer: it is ended whole and goes on in its session",
      async () => {
        const goesOn = ({ body }: ModelRequest) => JSON.stringify(body).includes(GO_ON);
        server.answer = (request) => {
          if (goesOn(request)) return { kind: "text", text: "All is well.", usage: USAGE };
          // pi keeps a session only from its first whole answer on.
          const isFirst = name === "pi" && server.requests.length === 1;
          if (isFirst) return { kind: "tool", name: "bash", input: { command: "echo looked" } };
          return { kind: "stuck", text: "All is not well at all." };
        };
        const [stalled, retry] = await runAgent(name, program ?? "", 2, ["--stall", "4s"]);
        const log = await forge.must(["logs", "worker", "--all", "--raw"]);
        const outcomes = [stalled.outcome, retry.outcome];
        expect({ outcomes, log }).toEqual({ outcomes: ["stalled", "ok"], log });
        expect(processesWith(`FORGE_RUN_ID=${stalled.id}`)).toEqual([]);
        expect(log).toContain(`retries stalled run ${stalled.id} (session ${stalled.session_id})`);
        // The session that is gone on with has the first prompt.
        expect(JSON.stringify(server.requests.find(goesOn)?.body)).toContain(PROMPT);
      },
      120_000,
    );
  });
}
