import { expect, test } from "bun:test";
import { VerbsSandbox } from "../cli/verbs-sandbox.ts";
import { type AgentName, agentCommand } from "../support/agents.ts";
import { ModelServer } from "../support/model-server.ts";
import { addAgentProfile } from "./agent-accounts.ts";

/** The first of these that is installed. */
const AGENTS: readonly AgentName[] = ["claude", "pi"];
const agent = AGENTS.find((name) => agentCommand(name) !== undefined);
if (agent === undefined)
  console.warn("skipped: neither claude nor pi is installed (node scripts/install-agents.mjs)");

test.skipIf(agent === undefined)(
  "15 section 4, what it must show: a real agent whose first account answers 429 does its work on the second",
  async () => {
    if (agent === undefined) return;
    await using limited = await ModelServer.start();
    limited.answer = { kind: "rate limited", retryAfterSeconds: 1 };
    await using working = await ModelServer.start();
    working.answer = { kind: "text", text: "All is well.", usage: { input: 100, output: 20, cached: 0 } };
    await using forge = new VerbsSandbox();
    const program = agentCommand(agent) ?? "";
    addAgentProfile(forge, { name: "first", agent, program, server: limited });
    addAgentProfile(forge, { name: "second", agent, program, server: working });
    await forge.must(["pool", "create", "main"]);
    await forge.must(["pool", "add", "main", "first", "second"]);

    const loop = ["--name", "worker", "--pool", "main", "--prompt-msg", "Look after the tests."];
    await forge.must(["up", ...loop, "-i", "2", "--interval", "0s", "--quiet"]);
    const wait = ["wait", "--loop", "worker", "--until", "stopped", "--quiet"];
    await forge.must(wait, { timeoutMs: 100_000 });

    const runs: Record<string, unknown>[] = await forge.json(["runs"]);
    expect(runs.map(({ profile_name, outcome }) => `${profile_name} ${outcome}`).toReversed()).toEqual([
      "first rate_limited",
      "second ok",
      "second ok",
    ]);
    const [worker] = await forge.json(["ps"]);
    expect(worker).toMatchObject({
      last_error: "max iterations reached (2)",
      last_outcome: "ok",
      metadata: { iteration_count: 2 },
    });
    expect(await forge.json(["profile", "cooldown", "ls"])).toMatchObject([
      { profile: "first", state: "cooling", reason: expect.stringContaining("429") },
    ]);
    expect(limited.requests.length).toBeGreaterThan(0);
    const asked = working.requests.map(({ body }) => JSON.stringify(body).includes("Look after the tests."));
    expect(asked).toEqual([true, true]);
  },
  120_000,
);
