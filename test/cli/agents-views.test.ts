import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { closeDatabase, openDatabase } from "../../src/store/database.ts";
import { Forge } from "../support/forge.ts";
import { addWorkspace } from "../support/places.ts";

const A = "aaaaaaaa-0000-4000-8000-000000000001";
const B = "bbbbbbbb-0000-4000-8000-000000000002";

class AgentSandbox extends Forge {
  constructor(...agents: string[]) {
    super();
    addWorkspace(this, { id: "ws-1", name: "web", agents });
  }

  sql(statement: string): void {
    const db = openDatabase(join(this.dataDir, "forge.db"), { mode: "read" });
    db.run(statement);
    closeDatabase(db);
  }
}

describe("20 section 20: forge explain of agents", () => {
  test("tells what keeps an agent from going on, in words and in JSON", async () => {
    await using forge = new AgentSandbox(A);
    forge.sql(`INSERT INTO accounts (id, provider, profile_name, credential_ref, cooldown_until)
      VALUES ('acc', 'openai', 'work', 'env:X', '2126-01-01T00:00:00Z')`);
    forge.sql("UPDATE agents SET state = 'rate_limited', state_reason = 'no more', account_id = 'acc'");
    await forge.must(["send", "hello", "--quiet"]);
    expect(await forge.must(["explain", "aaaa"])).toBe(`Agent aaaaaaaa is WARN rate limited (BLOCKED)

Type:        codex
Reason:      no more
Confidence:  low

Block Reasons:
  - rate limited by provider
  - account cooldown active

Queue Status:
  Total items: 1
  Pending: 1

Account Status:
  Profile: work
  Cooldown: active (ends at 2126-01-01T00:00:00Z)

Suggestions:
  1. forge wait --agent aaaaaaaa --until ready
  2. forge send aaaaaaaa "..."
`);
    expect(JSON.parse(await forge.must(["explain", "--json"]))).toMatchObject({
      ...{ agent_id: A, type: "codex", state: "rate_limited", is_blocked: true },
      state_info: { reason: "no more", confidence: "low" },
      queue_status: { total_items: 1, pending_items: 1, blocked_items: 1 },
    });
  });

  test("a queue item of an agent, and a persistent agent", async () => {
    await using forge = new AgentSandbox(A);
    forge.sql("UPDATE agents SET state = 'paused'");
    await forge.must(["send", "first", "--quiet"]);
    const { results } = JSON.parse(await forge.must(["send", "x".repeat(120), "--when-idle", "--json"]));
    expect(JSON.parse(await forge.must(["explain", results[0].item_id, "--json"]))).toMatchObject({
      ...{ agent_id: A, type: "conditional", status: "pending", position: 2, agent_state: "paused" },
      block_reasons: ["agent is paused", "1 item(s) before it"],
      content: `${"x".repeat(100)}...`,
      condition: { condition_type: "when_idle" },
    });
    forge.sql(`INSERT INTO persistent_agents (id, workspace_id, harness, mode, state, ttl_seconds, created_at)
      VALUES ('keeper-1', 'ws-1', 'claude', 'continuous', 'idle', 60, '2026-01-01T00:00:00Z')`);
    forge.sql(`INSERT INTO persistent_agent_events (agent_id, kind, outcome, detail)
      VALUES ('keeper-1', 'revive_done', 'error: no pane', NULL)`);
    const text = await forge.must(["explain", "keeper"]);
    expect(text).toStartWith("Agent keeper-1 is OK idle (BLOCKED)\n");
    expect(text).toMatch(
      /Stale: yes\n {2}Stale reason: ttl expired \(\d+s >= 60s\)\n {2}Recent failures: 1\n {2}Last failure: error: no pane/,
    );
  });

  test("nothing named and nothing in the context", async () => {
    await using forge = new Forge();
    expect((await forge.run(["explain"])).stderr).toBe(
      "no agent specified and no context set (use 'forge use <agent>' or provide agent ID)\n",
    );
    expect((await forge.run(["explain", "qi_x"])).stderr).toBe("queue item not found: qi_x\n");
  });
});

describe("20 section 19: forge wait for agents", () => {
  test("waits until the condition is met, and tells what it waits for", async () => {
    await using forge = new AgentSandbox(A);
    forge.sql("UPDATE agents SET state = 'working'");
    const words = ["wait", "--agent", "aaaa", "--until", "idle"];
    await using terminal = forge.terminal(words);
    await terminal.shows("state: working");
    forge.sql("UPDATE agents SET state = 'idle'");
    expect(await terminal.ends()).toBe(0);
    await terminal.shows("Condition 'idle' met (waited ");
    expect(JSON.parse(await forge.must([...words, "--json"]))).toEqual({
      ...{ success: true, condition: "idle", elapsed: "0s" },
    });
  });

  test("the agents of a workspace; one without agents fulfils the condition", async () => {
    await using forge = new AgentSandbox(A, B);
    forge.sql("UPDATE agents SET state = 'working'");
    const words = ["wait", "--workspace", "web", "--timeout", "10ms", "--until"];
    const { code, stdout } = await forge.run([...words, "all-idle"]);
    expect(code).toBe(1);
    expect(stdout).toBe(
      "Waiting for condition 'all-idle'...\n  2/2 agents not idle (elapsed: 0s)\n\nTimeout reached after 10ms\n",
    );
    const timeout = await forge.run([...words, "any-idle", "--json"]);
    expect(timeout.code).toBe(1);
    expect(JSON.parse(timeout.stdout)).toMatchObject({ success: false, reason: "timeout" });
    forge.sql("DELETE FROM agents");
    expect((await forge.run([...words, "any-idle", "--quiet"])).code).toBe(0);
  });

  test.each<[string[], number, string]>([
    [
      ["--until", "bogus"],
      1,
      "invalid condition 'bogus'; valid conditions: [idle queue-empty cooldown-over all-idle any-idle ready]",
    ],
    [["--until", "idle"], 1, "--agent is required for condition 'idle' (no context set)"],
    [["--until", "idle", "--agent", "x"], 2, "agent not found: x"],
    [["--until", "all-idle", "--workspace", "x"], 2, "workspace not found: x"],
    [["--until", "idle", "--agent", "x", "--loop", "y"], 1, "use either --loop or --agent, not both"],
    [["--until", "idle", "--agent", "x", "--timeout", "0"], 1, "--timeout must be > 0"],
  ])("%j: exit %d", async (words, code, message) => {
    await using forge = new AgentSandbox(A);
    const result = await forge.run(["wait", ...words]);
    expect({ code: result.code, line: result.stderr.split("\n")[0] }).toEqual({ code, line: message });
  });

  test("without a workspace around, one has to be named", async () => {
    await using forge = new Forge();
    expect((await forge.run(["wait", "--until", "all-idle"])).stderr).toBe(
      "--workspace is required for condition 'all-idle' (no context set)\n",
    );
  });
});
