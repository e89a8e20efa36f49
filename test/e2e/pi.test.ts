import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase, openDatabase } from "../../src/store/database.ts";
import { listRuns } from "../../src/store/loop-runs.ts";
import { getLoopByName } from "../../src/store/loops.ts";
import { agentCommand } from "../support/agents.ts";
import { Forge } from "../support/forge.ts";
import { ModelServer } from "../support/model-server.ts";

const pi = agentCommand("pi");
if (pi === undefined)
  console.warn("skipped: pi is not installed (node scripts/install-agents.mjs installs it)");

const COMMAND = `${pi} -p --provider mock --model mock-model "$FORGE_PROMPT_CONTENT"`;
const PROMPT = "Look after the tests.";

describe.skipIf(pi === undefined)("a loop whose harness is the real pi", () => {
  let forge: Forge;
  let server: ModelServer;

  beforeEach(async () => {
    server = await ModelServer.start();
    forge = new Forge();
    await forge.must(["init"]);
    const account = ["--name", "account", "--home", piHome(forge, server), "--env", "PI_OFFLINE=1"];
    await forge.must(["profile", "add", "pi", ...account, "--command", COMMAND]);
    await forge.must(["up", "--name", "builder", "--profile", "account", "--prompt-msg", PROMPT]);
  });

  afterEach(async () => {
    await forge[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test("sends the composed prompt to the model, and records its answer as run, log and ledger", async () => {
    server.answer = {
      kind: "text",
      text: "All tests are well.",
      usage: { input: 100, output: 20, cached: 0 },
    };
    await forge.must(["msg", "builder", "Mind the slow ones."]);

    expect(await forge.run(["run", "builder"])).toEqual({ code: 0, stdout: "", stderr: "" });

    const asked = JSON.stringify(server.requests.map(({ body }) => body));
    expect(server.requests).toHaveLength(1);
    for (const part of [PROMPT, "Loop Context (persistent)", "Mind the slow ones."])
      expect(asked).toContain(part);
    const { loop, runs } = records(forge);
    expect(loop).toMatchObject({ state: "stopped", lastExitCode: 0, lastError: undefined });
    expect(runs).toMatchObject([
      { status: "success", exitCode: 0, promptSource: "base", outputTail: "All tests are well." },
    ]);
    expect(readFileSync(loop.logPath ?? "", "utf8")).toMatch(
      new RegExp(`run ${runs[0]?.id} start \\(profile=account\\)\nAll tests are well\\.\n`),
    );
    const ledger = readFileSync(loop.ledgerPath ?? "", "utf8");
    expect(ledger).toContain(
      `- run_id: ${runs[0]?.id}\n- loop_name: builder\n- status: success\n- profile: account\n`,
    );
    expect(ledger).toContain("```\nAll tests are well.\n```");
    expect(forge.processes()).toEqual([]);
  });

  test("keeps pi's own words when the provider refuses the login", async () => {
    server.answer = { kind: "unauthorized" };

    expect((await forge.run(["run", "builder"])).code).toBe(0);

    const { loop, runs } = records(forge);
    expect(loop).toMatchObject({ state: "stopped", lastExitCode: 1, lastError: "exit status 1" });
    expect(runs).toMatchObject([
      { status: "error", exitCode: 1, outputTail: "401 Incorrect API key provided" },
    ]);
  });
});

/** A HOME for pi that knows one model: the one of our server. */
function piHome({ folder }: Forge, { baseUrl }: ModelServer): string {
  const home = join(folder, "pi-home");
  const cost = { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 };
  const limits = { contextWindow: 100_000, maxTokens: 1000 };
  const model = { id: "mock-model", name: "Mock", reasoning: false, input: ["text"], ...limits, cost };
  const provider = { baseUrl, apiKey: "made-up-key", api: "openai-completions", models: [model] };
  mkdirSync(home);
  writeFileSync(join(home, "models.json"), JSON.stringify({ providers: { mock: provider } }));
  return home;
}

function records({ dataDir }: Forge) {
  const db = openDatabase(join(dataDir, "forge.db"), { mode: "read" });
  const loop = getLoopByName(db, "builder");
  const runs = listRuns(db, loop.id);
  closeDatabase(db);
  return { loop, runs };
}
