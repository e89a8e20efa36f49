import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Harness } from "../../src/core/profile.ts";
import { defaultTemplate } from "../../src/harness/default-templates.ts";
import { VerbsSandbox } from "../cli/verbs-sandbox.ts";
import { type AgentName, agentCommand } from "../support/agents.ts";
import { type Answer, ModelServer } from "../support/model-server.ts";

/** What a real agent CLI needs to talk to the loopback server alone: an account of its own, with a made-up key. */
interface Account {
  readonly env?: Readonly<Record<string, string>>;
  /** Added to the default template, behind the program's name. */
  readonly flags?: string;
  /** Files by their path below the account's home, or the repository where it begins with `repo/`. */
  readonly files?: Readonly<Record<string, string>>;
}

const MODEL = "mock-model";
const KEY = "sk-made-up";

const ACCOUNTS: Readonly<Record<AgentName, (server: ModelServer) => Account>> = {
  claude: ({ baseUrl }) => ({
    env: {
      ANTHROPIC_BASE_URL: baseUrl.replace("/v1", ""),
      ANTHROPIC_API_KEY: KEY,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_MAX_RETRIES: "0",
      // The tests may run as root.
      IS_SANDBOX: "1",
    },
  }),
  codex: ({ baseUrl }) => ({
    env: { MOCK_KEY: KEY },
    flags: "exec --skip-git-repo-check",
    files: {
      "config.toml": `model = "${MODEL}"
model_provider = "mock"
[model_providers.mock]
name = "mock"
base_url = "${baseUrl}"
env_key = "MOCK_KEY"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
`,
    },
  }),
  opencode: ({ baseUrl }) => ({
    files: {
      "repo/opencode.json": JSON.stringify({
        model: `mock/${MODEL}`,
        small_model: `mock/${MODEL}`,
        autoupdate: false,
        provider: {
          mock: {
            npm: "@ai-sdk/openai-compatible",
            options: { baseURL: baseUrl, apiKey: KEY },
            models: { [MODEL]: { name: "Mock" } },
          },
        },
      }),
    },
  }),
  pi: ({ baseUrl }) => ({
    env: { PI_OFFLINE: "1" },
    flags: `--provider mock --model ${MODEL}`,
    files: {
      "settings.json": JSON.stringify({ retry: { enabled: false } }),
      "models.json": JSON.stringify({
        providers: {
          mock: {
            baseUrl,
            apiKey: KEY,
            api: "openai-completions",
            models: [
              {
                id: MODEL,
                name: "Mock",
                reasoning: false,
                input: ["text"],
                contextWindow: 100_000,
                maxTokens: 1000,
                cost: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 },
              },
            ],
          },
        },
      }),
    },
  }),
};

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
  const { env = {}, flags, files = {} } = ACCOUNTS[name](server);
  const home = join(forge.folder, "account");
  for (const [path, text] of Object.entries(files)) {
    const file = path.startsWith("repo/") ? join(forge.repo, path.slice(5)) : join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  mkdirSync(home, { recursive: true });
  const { command = "", promptMode } = defaultTemplate(name satisfies Harness, `mock/${MODEL}`);
  const template = command.replace(
    /^\w+( exec)?/,
    (_start, exec = "") => `${program} ${flags ?? exec.trim()}`,
  );
  forge.profile("account", template, { harness: name, promptMode, authHome: home, env });
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
