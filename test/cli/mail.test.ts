import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase, openDatabase } from "../../src/store/database.ts";
import { Forge } from "../support/forge.ts";
import { addLoop } from "../support/loops.ts";

let forge: Forge;
beforeEach(() => {
  forge = new Forge();
});
afterEach(() => forge[Symbol.asyncDispose]());

const mail = (...words: string[]) => forge.run(["mail", ...words]);
const said = (...words: string[]) => forge.must(["mail", ...words]);
const send = (from: string, to: string, subject: string, ...more: string[]) =>
  said("send", "--from", from, "--to", to, "-s", subject, "-b", "text", ...more);

describe("forge mail (30 section 20)", () => {
  test("one message for each recipient, once; read, acknowledged and listed by status", async () => {
    expect(await send("a", "b, ,B,c", "Hello", "--priority", "HIGH", "--ack-required")).toBe(
      "Saved message to local mailbox for 2 recipient(s)\n",
    );
    expect(JSON.parse(await send("x", "b", "Two", "--json"))).toEqual({
      ...{ backend: "sqlite", project: "default", from: "x", to: ["b"], subject: "Two" },
      message_ids: ["m-3"],
    });
    const table = async (...words: string[]) =>
      (await said("inbox", "--agent", "B", ...words)).replace(/ +/g, " ").split("\n").slice(0, -1);
    expect(await table()).toEqual([
      "ID FROM SUBJECT TIME STATUS",
      "m-1 a Hello just now unread",
      "m-3 x Two just now unread",
    ]);
    const text = await said("read", "M-1", "--agent", "b");
    expect(text).toMatch(
      /^ID: {6}m-1\nFrom: {4}a\nSubject: Hello\nDate: {4}\S+Z\nThread: {2}\S+\nPriority: high\nAck: {5}required\n\ntext\n$/,
    );
    expect((await table())[1]).toBe("m-1 a Hello just now read");
    expect(await table("--unread")).toEqual(["ID FROM SUBJECT TIME STATUS", "m-3 x Two just now unread"]);
    expect(await said("ack", "1", "--agent", "b")).toBe("Acknowledged message m-1\n");
    expect((await table())[1]).toBe("m-1 a Hello just now acked");
    expect(await table("--limit", "1")).toHaveLength(2);
    expect(JSON.parse(await said("read", "m-3", "--agent", "b", "--json"))).toEqual({
      ...{ id: "m-3", thread_id: expect.any(String), from: "x", subject: "Two", body: "text" },
      ...{ created_at: expect.any(String), read_at: expect.any(String), backend: "sqlite" },
    });
  });

  test("a mailbox is that of its project and its agent", async () => {
    await send("a", "b", "in one", "--project", "one");
    expect(await said("inbox", "--agent", "b")).toBe("No messages found\n");
    expect(await said("inbox", "--agent", "b", "--project", "one")).toContain("in one");
    const other = await mail("read", "m-1", "--agent", "eve", "--project", "one");
    expect({ code: other.code, stderr: other.stderr }).toEqual({
      code: 1,
      stderr: "message m-1 not found\n",
    });
  });

  test("reading a mailbox makes nothing", async () => {
    expect(await said("inbox", "--agent", "b")).toBe("No messages found\n");
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  test.each([
    ["send", "sender required (set --from or FORGE_AGENT_MAIL_AGENT)"],
    ["send --from a --to ,", "--to is required"],
    ["send --from a --to b", "--subject is required"],
    ["send --from a --to b -s x", "message body required (--body, --file, or --stdin)"],
    ["send --from a --to b -s x -b y -f z", "choose only one body source: --body, --file, or --stdin"],
    ["send --from a --to b -s x -b y --priority now", "invalid priority (use low, normal, high, or urgent)"],
    ["inbox", "--agent is required (or set FORGE_AGENT_MAIL_AGENT)"],
    ["read m-x --agent b", "invalid message id: m-x"],
    ["ack 7 --agent b", "message m-7 not found"],
  ])("%s", async (line, message) => {
    expect(await mail(...line.split(" "))).toEqual({ code: 1, stdout: "", stderr: `${message}\n` });
  });

  test("agents with rows of their own use the shared tables, which others read; both are shown", async () => {
    addLoop(forge, { name: "l" }); // makes the database
    const db = openDatabase(join(forge.dataDir, "forge.db"), { mode: "write" });
    db.run("INSERT INTO nodes (id, name) VALUES ('n', 'n')");
    db.run(
      "INSERT INTO workspaces (id, name, node_id, repo_path, tmux_session) VALUES ('w', 'ws', 'n', '/r', 't')",
    );
    for (const id of ["ag1", "ag2"])
      db.run(
        "INSERT INTO agents (id, workspace_id, type, tmux_pane, state) VALUES (?, 'w', 'generic', ?, 'idle')",
        [id, id],
      );
    await send("ag1", "ag2", "shared", "--project", "ws");
    await send("a", "ag2", "own", "--project", "ws");
    const rows = db.query("SELECT rowid, sender_agent_id, recipient_type, recipient_id FROM mail_messages");
    expect(rows.values()).toEqual([[1, "ag1", "agent", "ag2"]]);
    closeDatabase(db);
    const inbox = await said("inbox", "--agent", "ag2", "--project", "ws");
    expect(inbox.match(/^m-\d+ +\S+ +\S+/gm)).toEqual(["m-1  ag1   shared", "m-2  a     own"]);
    await said("read", "m-1", "--agent", "ag2", "--project", "ws");
    expect(await said("inbox", "--agent", "ag2", "--project", "ws", "--unread")).not.toContain("shared");
  });

  test("a server that an MCP file of the repository names has the mailboxes", async () => {
    const calls: unknown[] = [];
    const answers: Record<string, unknown> = {
      send_message: { deliveries: [{ payload: { id: 4 } }] },
      fetch_inbox: [
        {
          id: 4,
          from: "a",
          subject: "S",
          body_md: "B",
          created_ts: "2026-01-10T15:30:00Z",
          importance: "high",
        },
      ],
    };
    await using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: async (request) => {
        const { id, params } = (await request.json()) as { id: number; params: { name: string } };
        calls.push(params);
        const text = JSON.stringify(answers[params.name] ?? {});
        return Response.json({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text }] } });
      },
    });
    mkdirSync(join(forge.repo, ".mcp"), { recursive: true });
    writeFileSync(
      join(forge.repo, ".mcp/servers.json"),
      `{ "mcpServers": { "agent-mail": { "url": "http://127.0.0.1:${server.port}/mcp" } } }`,
    );
    expect(await send("a", "b", "S")).toBe("Sent message to 1 recipient(s)\n");
    expect(await said("inbox", "--agent", "b")).toMatch(/^m-4 +a +S +\d+d ago +unread$/m);
    expect(await said("read", "4", "--agent", "b")).toEndWith("Priority: high\n\nB\n");
    expect(await said("ack", "4", "--agent", "b")).toBe("Acknowledged message m-4\n");
    const of = { project_key: "default", agent_name: "b" };
    expect(calls).toEqual([
      {
        name: "send_message",
        arguments: { project_key: "default", sender_name: "a", to: ["b"], subject: "S", body_md: "text" },
      },
      { name: "fetch_inbox", arguments: { ...of, include_bodies: false, limit: 50 } },
      { name: "fetch_inbox", arguments: { ...of, include_bodies: true } },
      { name: "mark_message_read", arguments: { ...of, message_id: 4 } },
      { name: "acknowledge_message", arguments: { ...of, message_id: 4 } },
    ]);
  });
});

describe("notices in the mailbox of the project (50 section 12.1)", () => {
  const env = { FMAIL_AGENT: "Alpha" };
  const messages = async (topic: string) => (await forge.fmail(["log", topic])).stdout.replace(/^\S+ /gm, "");

  test("work set tells the others, in the topic that is named", async () => {
    const loop = addLoop(forge, { name: "l" });
    const work = ["work", "set", "t1", "--loop", loop.id];
    await forge.must([...work, "--detail", " halfway "], { env });
    await forge.must([...work, "--status", "done"], { env: { ...env, FORGE_FMAIL_WORK_TOPIC: "builds" } });
    await forge.must([...work, "--agent", "someone"]);
    expect(await messages("task")).toBe("alpha -> task: t1 [in_progress] Alpha | halfway\n");
    expect(await messages("builds")).toBe("alpha -> builds: t1 [done] Alpha\n");
  });

  test("a mailbox that cannot be written is a warning", async () => {
    const loop = addLoop(forge, { name: "l" });
    writeFileSync(join(forge.repo, ".fmail"), "");
    const { code, stdout, stderr } = await forge.run(["work", "set", "t1", "--loop", loop.id], { env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "ok\n" });
    expect(stderr).toStartWith("warning: fmail work notify failed: ensure project: ");
    expect(readFileSync(join(forge.repo, ".fmail"), "utf8")).toBe("");
  });
});
