import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase, openDatabase } from "../../src/store/database.ts";
import { listRuns } from "../../src/store/loop-runs.ts";
import { getLoopByName } from "../../src/store/loops.ts";
import { agentCommand } from "../support/agents.ts";
import { Forge } from "../support/forge.ts";
import { ModelServer } from "../support/model-server.ts";
import { processesWith } from "../support/processes.ts";
import { waitFor } from "../support/wait-for.ts";

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
    server.answer = {
      kind: "text",
      text: "All tests are well.",
      usage: { input: 100, output: 20, cached: 0 },
    };
    forge = new Forge();
    await forge.must(["init"]);
    const account = ["--name", "account", "--home", piHome(forge, server), "--env", "PI_OFFLINE=1"];
    await forge.must(["profile", "add", "pi", ...account, "--command", COMMAND]);
  });

  afterEach(async () => {
    await forge[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test("runs in the background, then once more in the foreground: prompt, run, log and ledger", async () => {
    await startAndEnd();

    server.answer = { kind: "text", text: "The slow ones too.", usage: { input: 90, output: 9, cached: 0 } };
    await forge.must(["msg", "builder", "Mind the slow ones."]);
    expect(await forge.run(["run", "builder"])).toEqual({ code: 0, stdout: "", stderr: "" });

    expect(server.requests).toHaveLength(2);
    const [first = "", second = ""] = server.requests.map(({ body }) => JSON.stringify(body));
    for (const part of [PROMPT, "Loop Context (persistent)"]) expect(first).toContain(part);
    expect(first).not.toContain("Mind the slow ones.");
    for (const part of [PROMPT, "Mind the slow ones."]) expect(second).toContain(part);

    const { loop, runs } = records(forge);
    const success = { status: "success", exitCode: 0, promptSource: "base" };
    expect(loop).toMatchObject({ state: "stopped", lastExitCode: 0 });
    expect(runs).toMatchObject([
      { ...success, outputTail: "The slow ones too." },
      { ...success, outputTail: "All tests are well." },
    ]);
    const log = readFileSync(loop.logPath ?? "", "utf8");
    const ledger = readFileSync(loop.ledgerPath ?? "", "utf8");
    for (const { id, outputTail } of runs) {
      expect(log).toContain(`run ${id} start (profile=account)\n${outputTail}\n`);
      expect(ledger).toContain(
        `- run_id: ${id}\n- loop_name: builder\n- status: success\n- profile: account\n`,
      );
      expect(ledger).toContain(`\`\`\`\n${outputTail}\n\`\`\``);
      expect(processesWith(`FORGE_RUN_ID=${id}`)).toEqual([]);
    }
  });

  test("keeps pi's own words when the provider refuses the login", async () => {
    server.answer = { kind: "unauthorized" };
    await startAndEnd();
    const { loop, runs } = records(forge);
    expect(loop).toMatchObject({ lastExitCode: 1 });
    expect(runs).toMatchObject([
      { status: "error", exitCode: 1, outputTail: "401 Incorrect API key provided" },
    ]);
  });

  /** Starts the loop for one iteration and waits for its end. */
  async function startAndEnd(): Promise<void> {
    const limits = ["-i", "1", "--interval", "0s"];
    await forge.must(["up", "--name", "builder", "--profile", "account", "--prompt-msg", PROMPT, ...limits]);
    const ended = () => records(forge).loop.lastError?.startsWith("max iterations reached");
    await waitFor(ended, { what: "the only iteration", timeoutMs: 30_000 });
  }
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
