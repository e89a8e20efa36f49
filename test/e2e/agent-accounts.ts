import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Harness, Profile } from "../../src/core/profile.ts";
import { defaultTemplate } from "../../src/harness/default-templates.ts";
import type { VerbsSandbox } from "../cli/verbs-sandbox.ts";
import type { AgentName } from "../support/agents.ts";
import type { ModelServer } from "../support/model-server.ts";

/** What a real agent CLI needs to talk to the loopback server alone: an account of its own, with a made-up key. */
interface Account {
  readonly env?: Readonly<Record<string, string>>;
  /** Added to the default template, behind the program's name. */
  readonly flags?: string;
  /** Files by their path below the account's home, or the repository where it begins with `repo/`. */
  readonly files?: Readonly<Record<string, string>>;
}

export const MODEL = "mock-model";
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

/** A profile for an agent CLI: its own login at a server, and its name. */
export interface AgentProfile {
  readonly name: string;
  readonly agent: AgentName;
  /** The command that starts the CLI. */
  readonly program: string;
  readonly server: ModelServer;
}

/** Adds a profile that starts a real agent CLI by its default template, with an account and a home of its own. */
export function addAgentProfile(
  forge: VerbsSandbox,
  { name, agent, program, server }: AgentProfile,
): Profile {
  const { env = {}, flags, files = {} } = ACCOUNTS[agent](server);
  const home = join(forge.folder, name);
  for (const [path, text] of Object.entries(files)) {
    const file = path.startsWith("repo/") ? join(forge.repo, path.slice(5)) : join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  mkdirSync(home, { recursive: true });
  const { command = "", promptMode } = defaultTemplate(agent satisfies Harness, `mock/${MODEL}`);
  const template = command.replace(
    /^\w+( exec)?/,
    (_start, exec = "") => `${program} ${flags ?? exec.trim()}`,
  );
  return forge.profile(name, template, { harness: agent, promptMode, authHome: home, env });
}
