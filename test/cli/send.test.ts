import { describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase, openDatabase } from "../../src/store/database.ts";
import { Forge } from "../support/forge.ts";
import { addWorkspace, agentQueue } from "../support/places.ts";

const A = "aaaaaaaa-0000-4000-8000-000000000001";
const B = "bbbbbbbb-0000-4000-8000-000000000002";

function withAgents(forge: Forge, ...agents: string[]): void {
  addWorkspace(forge, { id: "ws-1", name: "web", agents });
}

function sql(forge: Forge, statement: string): void {
  const db = openDatabase(join(forge.dataDir, "forge.db"), { mode: "read" });
  db.run(statement);
  closeDatabase(db);
}

const texts = (forge: Forge, agent: string) =>
  agentQueue(forge, agent).map(({ payload, position }) => `${position} ${payload.text ?? payload.message}`);

describe("30 section 19: forge send", () => {
  test("puts words into the queue of the agent that the first one names, and says where", async () => {
    await using forge = new Forge();
    withAgents(forge, A, B);
    expect(await forge.must(["send", "aaaa", "look", "at", "the test"])).toBe(
      [
        "✓ Queued for agent aaaaaaaa at position #1",
        '  "look at the test"',
        "",
        "Next steps:",
        "  forge explain aaaaaaaa",
        "  forge wait --agent aaaaaaaa --until queue-empty",
        "",
      ].join("\n"),
    );
    expect(await forge.must(["send", A, "quiet", "--quiet"])).toBe("");
    const answer = JSON.parse(await forge.must(["send", A, "when you rest", "--when-idle", "--json"]));
    expect(answer).toEqual({
      queued: true,
      results: [{ agent_id: A, item_id: expect.any(String), position: 3, item_type: "conditional" }],
      message: "when you rest",
    });
    expect(agentQueue(forge, A)[2]?.payload).toEqual({
      condition_type: "when_idle",
      message: "when you rest",
    });
    const audit = JSON.parse(await forge.must(["audit", "--type", "message.queued", "--json"]));
    expect(audit.length).toBe(3);
  });

  test("50 section 12.1: who has a mail name is heard in the agent's mailbox too", async () => {
    await using forge = new Forge();
    withAgents(forge, A, B);
    await forge.must(["send", A, "look here"], { env: { FMAIL_AGENT: "lead" } });
    await forge.must(["send", B, "not by mail"]);
    const { stdout } = await forge.fmail(["messages"]);
    expect(stdout.replace(/^\S+ /, "")).toBe(`lead -> @${A}: look here\n`);
  });

  test("places: before all others, behind one, and without gaps where others have left some", async () => {
    await using forge = new Forge();
    withAgents(forge, A);
    const { results } = JSON.parse(await forge.must(["send", "one", "--json"]));
    await forge.must(["send", "two"]);
    sql(forge, "UPDATE queue_items SET position = position * 10");
    expect(await forge.must(["send", "urgent", "--priority", "high"])).toContain("at position #1 (front)");
    expect(await forge.must(["send", "first", "--front"])).toContain("at position #1 (front)");
    const item: string = results[0].item_id;
    expect(await forge.must(["send", "late", "--after", item.slice(0, 8)])).toContain(
      `at position #4 (after ${item.slice(0, 8)})`,
    );
    await forge.must(["send", "last", "--priority", "low"]);
    expect(texts(forge, A)).toEqual(["1 first", "2 urgent", "3 one", "4 late", "5 two", "6 last"]);
  });

  test("--all reaches every agent of the workspace; when none is reached the exit code is 1", async () => {
    await using forge = new Forge();
    withAgents(forge, A, B);
    await forge.must(["send", "--all", "stop", "here"]);
    expect([texts(forge, A), texts(forge, B)]).toEqual([["1 stop here"], ["1 stop here"]]);
    const failed = await forge.run(["send", A, "x", "--after", "nosuch", "--json"]);
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      queued: false,
      results: [{ agent_id: A, error: "queue item not found: nosuch" }],
    });
    const { stdout } = await forge.run(["send", A, "x", "--after", "nosuch"]);
    expect(stdout).toBe("✗ Failed to queue for agent aaaaaaaa: queue item not found: nosuch\n");
  });

  test("agents that share the first eight characters are told apart", async () => {
    await using forge = new Forge();
    withAgents(forge, A, "aaaaaaaa-9000-4000-8000-000000000002");
    expect(await forge.must(["send", A, "x"])).toContain("for agent aaaaaaaa-0 at");
  });

  test("the message comes from a file, standard input or an editor as well", async () => {
    await using forge = new Forge();
    withAgents(forge, A);
    writeFileSync(join(forge.repo, "m.md"), "from a file\n");
    await forge.must(["send", A, "-f", "m.md"]);
    await forge.must(["send", A, "--stdin"], { stdin: "two\nlines\n" });
    await forge.must(["send", A, "--editor"], { env: { EDITOR: "sh -c 'echo edited > $1' sh" } });
    expect(texts(forge, A)).toEqual(["1 from a file", "2 two\nlines", "3 edited"]);
  });

  test.each<[string[], string]>([
    [["send"], "message required (provide <message>, --file, --stdin, or --editor)"],
    [["send", "aaaa"], "message required (provide <message>, --file, --stdin, or --editor)"],
    [["send", "aaaa", " "], "message is empty (provide <message>, --file, --stdin, or --editor)"],
    [
      ["send", "aaaa", "x", "--stdin"],
      "choose only one message source: <message>, --file, --stdin, or --editor",
    ],
    [["send", "x", "--priority", "asap"], "invalid priority (use high, normal, or low)"],
    [["send", "x", "--after", "i", "--front"], "--after cannot be used with --front"],
    [["send", "x", "--after", "i", "--all"], "--after cannot be used with --all"],
    [["send", "x", "--editor"], "choose only one message source: <message>, --file, --stdin, or --editor"],
    [["send", "aaaa", "--editor"], "EDITOR is not set (set $EDITOR or use --file/--stdin)"],
  ])("%j is refused and queues nothing", async (words, message) => {
    await using forge = new Forge();
    withAgents(forge, A);
    const { code, stderr } = await forge.run(words);
    expect({ code, stderr }).toEqual({ code: 1, stderr: `${message}\n` });
    expect(agentQueue(forge, A)).toEqual([]);
  });

  test("without an agent it says why none can be meant", async () => {
    const first = "first argument 'hello' is not a valid agent and no context set";
    await using empty = new Forge();
    expect(await empty.run(["send", "hello"])).toMatchObject({
      code: 1,
      stderr: `${first}: agent required: provide agent ID as argument, set context with 'forge use --agent <agent>', or run from a workspace directory\n`,
    });
    expect(existsSync(empty.dataDir)).toBe(false);
    await using none = new Forge();
    withAgents(none);
    expect((await none.run(["send", "hello"])).stderr).toBe(
      `${first}: no agents in workspace; spawn one with 'forge up' or 'forge agent spawn'\n`,
    );
    expect((await none.run(["send", "--all", "hello"])).stderr).toBe("no agents in workspace\n");
    await using two = new Forge();
    withAgents(two, A, B);
    expect((await two.run(["send", "hello"])).stderr).toBe(
      `${first}: workspace has 2 agents; specify one: aaaaaaaa, bbbbbbbb\n`,
    );
    expect((await two.run(["send", A, "x", "--immediate"])).stderr).toBe(
      "--immediate is deprecated: use forge inject to bypass the queue\n",
    );
  });
});

describe("30 section 19: forge inject", () => {
  /** A `tmux` that writes down what it was called with. */
  function withTmux(forge: Forge, code = 0): string {
    const path = join(forge.folder, "programs");
    Bun.spawnSync(["mkdir", "-p", path]);
    const told = join(forge.folder, "tmux-calls");
    writeFileSync(join(path, "tmux"), `#!/bin/sh\nprintf '%s\\n' "$*" >> ${told}\nexit ${code}\n`, {
      mode: 0o755,
    });
    forge.env.PATH = `${path}:${forge.env.PATH}`;
    return told;
  }

  test("types the words literally into the pane of an agent that rests, then Enter", async () => {
    await using forge = new Forge();
    withAgents(forge, A);
    sql(forge, "UPDATE agents SET state = 'idle'");
    const told = withTmux(forge);
    expect(await forge.run(["inject", "aaaa", "Enter", "now"])).toEqual({
      ...{ code: 0, stdout: "Message injected\n" },
      stderr: "Warning: Direct injection to agent aaaaaaaa (bypassed queue)\n",
    });
    expect(await Bun.file(told).text()).toBe("send-keys -t %0 -l -- Enter now\nsend-keys -t %0 Enter\n");
    expect(JSON.parse(await forge.must(["inject", A, "x", "--json"]))).toEqual({
      ...{ agent_id: A, agent_state: "idle", bypassed_queue: true, injected: true, message: "x" },
    });
  });

  test("an agent that works is only disturbed when asked for", async () => {
    await using forge = new Forge();
    withAgents(forge, A);
    sql(forge, "UPDATE agents SET state = 'working'");
    withTmux(forge);
    expect(await forge.run(["inject", A, "x"])).toMatchObject({
      code: 1,
      stdout: "",
      stderr: "agent is working; use --force to inject without confirmation\n",
    });
    expect((await forge.run(["inject", A, "x", "--force"])).code).toBe(0);
  });

  test("bad input and a tmux that fails are told of", async () => {
    await using forge = new Forge();
    withAgents(forge, A);
    sql(forge, "UPDATE agents SET state = 'stopped'");
    withTmux(forge, 3);
    expect((await forge.run(["inject", "zz", "x"])).stderr).toBe("agent 'zz' not found\n");
    expect((await forge.run(["inject"])).stderr).toContain("requires at least 1 arg(s), only received 0");
    expect(await forge.run(["inject", A, "x"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("failed to inject: tmux: exit status 3\n"),
    });
    sql(forge, "UPDATE agents SET tmux_pane = ''");
    expect((await forge.run(["inject", A, "x"])).stderr).toBe("agent has no tmux pane\n");
  });
});
