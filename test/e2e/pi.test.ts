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

  test("runs three times in the background, and is told things meanwhile: prompts, runs, log and ledger", async () => {
    await up(3, "1h");
    await recorded(1);
    server.answer = { kind: "text", text: "The slow ones too.", usage: { input: 90, output: 9, cached: 0 } };
    await forge.must(["msg", "builder", "Mind the slow ones."]);
    await forge.must(["msg", "builder", "--now", "Now, please."]);
    await recorded(2);
    await forge.must(["msg", "builder", "--now", "Once more."]);
    await ended();

    const prompts = server.requests.map(({ body }) => JSON.stringify(body));
    for (const prompt of prompts)
      for (const part of [PROMPT, "Loop Context (persistent)"]) expect(prompt).toContain(part);
    const told = ["Mind the slow ones.", "Now, please.", "Once more."];
    expect(prompts.map((prompt) => told.filter((words) => prompt.includes(words)))).toEqual([
      [],
      told.slice(0, 2),
      told.slice(2),
    ]);

    const { loop, runs } = records(forge);
    const success = { status: "success", exitCode: 0, promptSource: "base" };
    expect(loop).toMatchObject({ state: "stopped", lastExitCode: 0 });
    expect(runs.toReversed()).toMatchObject([
      { ...success, outputTail: "All tests are well." },
      ...Array.from({ length: 2 }, () => ({ ...success, outputTail: "The slow ones too." })),
    ]);
    const log = readFileSync(loop.logPath ?? "", "utf8");
    const ledger = readFileSync(loop.ledgerPath ?? "", "utf8");
    expect(log).toContain("max iterations reached (3)\n");
    expect(ledger.match(/^- run_id: /gm)).toHaveLength(3);
    for (const { id, outputTail } of runs) {
      expect(log).toContain(`run ${id} start (profile=account)\n${outputTail}\n`);
      expect(ledger).toContain(
        `- run_id: ${id}\n- loop_name: builder\n- status: success\n- profile: account\n`,
      );
      expect(ledger).toContain(`\`\`\`\n${outputTail}\n\`\`\``);
      expect(processesWith(`FORGE_RUN_ID=${id}`)).toEqual([]);
    }
  });

  test("keeps pi's own words when the provider refuses the login, and runs in the foreground when that is mended", async () => {
    server.answer = { kind: "unauthorized" };
    await up(1, "0s");
    await ended();
    expect(records(forge).loop).toMatchObject({ lastExitCode: 1 });
    server.answer = { kind: "text", text: "All is well.", usage: { input: 90, output: 9, cached: 0 } };
    await forge.must(["profile", "cooldown", "clear", "account"]);
    expect(await forge.run(["run", "builder"])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(records(forge).runs).toMatchObject([
      { status: "success", exitCode: 0, outputTail: "All is well." },
      { status: "error", exitCode: 1, outputTail: "401 Incorrect API key provided" },
    ]);
  });

  async function up(iterations: number, interval: string): Promise<void> {
    const limits = ["-i", String(iterations), "--interval", interval];
    await forge.must(["up", "--name", "builder", "--profile", "account", "--prompt-msg", PROMPT, ...limits]);
  }

  const recorded = (count: number) =>
    waitFor(() => records(forge).runs.length === count && records(forge).loop.state === "sleeping", {
      what: `run ${count} to be over`,
      timeoutMs: 30_000,
    });

  const ended = () =>
    waitFor(() => records(forge).loop.lastError?.startsWith("max iterations reached"), {
      what: "the last iteration",
      timeoutMs: 30_000,
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
