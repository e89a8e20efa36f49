import { describe, expect, test } from "bun:test";
import type { AgentId, NodeId, WorkspaceId } from "../../src/core/ids.ts";
import type { Db } from "../../src/store/database.ts";
import { queryEvents } from "../../src/store/event-queries.ts";
import {
  claimFileLock,
  type FileLockDraft,
  listActiveFileLocks,
  releaseExpiredFileLocks,
  releaseFileLock,
} from "../../src/store/file-locks.ts";
import {
  createNode,
  deleteNode,
  ensureLocalNode,
  getNode,
  getNodeByName,
  listNodes,
  setNodeStatus,
  updateNode,
} from "../../src/store/nodes.ts";
import { errorOf } from "../support/error-of.ts";
import { NOW, storedRow, unknownId } from "./support/samples.ts";
import { inMemory } from "./support/temporary-store.ts";

// The ids of rows that these tests make by hand.
const WORKSPACE = "w" as WorkspaceId;
const agent = (id: string) => id as AgentId;

function withAgents(db: Db): void {
  const { id } = ensureLocalNode(db, "host", NOW);
  db.query(
    "INSERT INTO workspaces (id, name, node_id, repo_path, tmux_session) VALUES ('w', 'w', ?, '/r', 's')",
  ).run(id);
  db.run(
    "INSERT INTO agents (id, workspace_id, type, tmux_pane) VALUES ('a', 'w', 'codex', '1'), ('b', 'w', 'codex', '2')",
  );
}

describe("nodes", () => {
  test("the local one is made once, as other implementations do, and told", () => {
    using db = inMemory();
    const node = ensureLocalNode(db, "host", NOW);
    expect(ensureLocalNode(db, "renamed", NOW)).toEqual(node);
    expect(storedRow(db, "nodes", node.id)).toMatchObject({
      name: "host",
      ssh_target: "",
      ssh_backend: "auto",
      ssh_key_path: "",
      status: "online",
      is_local: 1,
      metadata_json: "{}",
      ssh_timeout_seconds: 0,
    });
    expect(queryEvents(db, { type: "node.added" }).events.map(({ entityId }) => entityId)).toEqual([node.id]);
  });

  test("are listed by name and status, with the number of their agents", () => {
    using db = inMemory();
    withAgents(db);
    createNode(db, { name: "b", sshTarget: "u@b" }, NOW);
    createNode(db, { name: "a", sshTarget: "u@a" }, NOW);
    expect(listNodes(db).map(({ name, agentCount }) => [name, agentCount])).toEqual([
      ["a", 0],
      ["b", 0],
      ["host", 2],
    ]);
    expect(listNodes(db, "online").map(({ name }) => name)).toEqual(["host"]);
  });

  test("are edited, seen and deleted with all that is on them", () => {
    using db = inMemory();
    withAgents(db);
    const node = getNodeByName(db, "host");
    updateNode(db, { ...node, name: "renamed", sshProxyJump: "jump", metadata: { platform: "linux" } }, NOW);
    setNodeStatus(db, node.id, "offline", NOW + 1000);
    expect(getNode(db, node.id)).toMatchObject({
      name: "renamed",
      sshProxyJump: "jump",
      metadata: { platform: "linux" },
      status: "offline",
      lastSeen: NOW + 1000,
    });
    deleteNode(db, node.id);
    expect(db.query("SELECT count(*) AS n FROM agents").get()).toEqual({ n: 0 });
  });

  test("have exact errors", () => {
    using db = inMemory();
    createNode(db, { name: "a", sshTarget: "u@a" }, NOW);
    expect(errorOf(() => createNode(db, { name: "a", sshTarget: "u@a" }, NOW)).message).toBe(
      "node with this name already exists",
    );
    expect(errorOf(() => createNode(db, { name: "b" }, NOW)).message).toBe(
      "invalid node: ssh_target: SSH target is required for remote nodes",
    );
    for (const call of [
      () => getNode(db, unknownId<NodeId>()),
      () => getNodeByName(db, "x"),
      () => deleteNode(db, unknownId<NodeId>()),
      () => setNodeStatus(db, unknownId<NodeId>(), "online", NOW),
    ]) {
      expect(errorOf(call).message).toBe("node not found");
    }
  });
});

describe("file locks", () => {
  const draft = (agentId: string, changes: Partial<FileLockDraft> = {}): FileLockDraft => ({
    workspaceId: WORKSPACE,
    agentId: agent(agentId),
    pathPattern: "src/**",
    exclusive: true,
    ttlSeconds: 60,
    ...changes,
  });

  test.each([
    ["two exclusive ones on the same paths", draft("a"), draft("b"), false],
    ["a shared one beside an exclusive one", draft("a"), draft("b", { exclusive: false }), false],
    ["two shared ones", draft("a", { exclusive: false }), draft("b", { exclusive: false }), true],
    ["the same agent again", draft("a"), draft("a"), true],
    ["other paths", draft("a"), draft("b", { pathPattern: "docs/**" }), true],
  ])("%s", (_what, first, second, claimed) => {
    using db = inMemory();
    withAgents(db);
    expect(claimFileLock(db, first, NOW).claimed).toBe(true);
    const answer = claimFileLock(db, second, NOW);
    expect(answer.claimed).toBe(claimed);
    if (!answer.claimed) expect(answer.conflicts.map(({ agentId }) => agentId)).toEqual([agent("a")]);
  });

  test("end when they are released or expire", () => {
    using db = inMemory();
    withAgents(db);
    const answer = claimFileLock(db, draft("a", { reason: "refactoring" }), NOW);
    if (!answer.claimed) throw new Error("not claimed");
    expect(listActiveFileLocks(db, WORKSPACE, NOW)).toEqual([answer.lock]);
    expect(releaseFileLock(db, answer.lock.id, NOW)).toBe(true);
    expect(releaseFileLock(db, answer.lock.id, NOW)).toBe(false);
    expect(claimFileLock(db, draft("b"), NOW).claimed).toBe(true);
    expect(listActiveFileLocks(db, WORKSPACE, NOW + 60_000)).toEqual([]);
    expect(releaseExpiredFileLocks(db, NOW + 59_000)).toBe(0);
    expect(releaseExpiredFileLocks(db, NOW + 60_000)).toBe(1);
  });

  test("on different patterns conflict where the caller says that they overlap", () => {
    using db = inMemory();
    withAgents(db);
    claimFileLock(db, draft("a"), NOW);
    const inSource = draft("b", { pathPattern: "src/main.ts" });
    expect(claimFileLock(db, inSource, NOW, () => true).claimed).toBe(false);
  });
});
