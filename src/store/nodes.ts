import { exists, notFound } from "../core/errors.ts";
import { type NodeId, newId } from "../core/ids.ts";
import { type Node, type NodeStatus, type SshBackend, validateNode } from "../core/node.ts";
import { formatTime, type Instant, parseTime } from "../core/time.ts";
import {
  type ColumnValue,
  flag,
  readObjectColumn,
  readRequiredTime,
  readTextColumn,
  timeOrNull,
} from "./columns.ts";
import type { Db } from "./database.ts";
import { refuseDuplicates } from "./database-error.ts";
import { appendEvent } from "./events.ts";
import { insertRow, updateRow } from "./statements.ts";
import { inTransaction } from "./transaction.ts";

interface NodeRow {
  id: NodeId;
  name: string;
  ssh_target: string | null;
  ssh_backend: SshBackend;
  ssh_key_path: string | null;
  ssh_agent_forwarding: number;
  ssh_proxy_jump: string | null;
  ssh_control_master: string | null;
  ssh_control_path: string | null;
  ssh_control_persist: string | null;
  ssh_timeout_seconds: number | null;
  status: NodeStatus;
  is_local: number;
  last_seen_at: string | null;
  metadata_json: string | null;
  created_at: string;
  updated_at: string;
  agent_count: number;
}

/** Nodes with the number of their agents. */
const SELECT = `SELECT nodes.*, (
    SELECT count(*) FROM agents JOIN workspaces ON workspaces.id = agents.workspace_id
    WHERE workspaces.node_id = nodes.id
  ) AS agent_count FROM nodes`;

const toNode = (row: NodeRow): Node => ({
  id: row.id,
  name: row.name,
  sshTarget: row.ssh_target ?? "",
  sshBackend: row.ssh_backend,
  sshKeyPath: readTextColumn(row.ssh_key_path),
  sshAgentForwarding: row.ssh_agent_forwarding !== 0,
  sshProxyJump: readTextColumn(row.ssh_proxy_jump),
  sshControlMaster: readTextColumn(row.ssh_control_master),
  sshControlPath: readTextColumn(row.ssh_control_path),
  sshControlPersist: readTextColumn(row.ssh_control_persist),
  sshTimeoutSeconds: row.ssh_timeout_seconds ?? 0,
  status: row.status,
  isLocal: row.is_local !== 0,
  lastSeen: parseTime(row.last_seen_at),
  agentCount: row.agent_count,
  metadata: readObjectColumn(row.metadata_json) ?? {},
  createdAt: readRequiredTime(row.created_at),
  updatedAt: readRequiredTime(row.updated_at),
});

/** Texts are stored empty and not NULL, as the other implementations do. */
const toColumns = (node: Node): Record<string, ColumnValue> => ({
  name: node.name,
  ssh_target: node.sshTarget,
  ssh_backend: node.sshBackend,
  ssh_key_path: node.sshKeyPath ?? "",
  ssh_agent_forwarding: flag(node.sshAgentForwarding),
  ssh_proxy_jump: node.sshProxyJump ?? "",
  ssh_control_master: node.sshControlMaster ?? "",
  ssh_control_path: node.sshControlPath ?? "",
  ssh_control_persist: node.sshControlPersist ?? "",
  ssh_timeout_seconds: node.sshTimeoutSeconds,
  status: node.status,
  is_local: flag(node.isLocal),
  last_seen_at: timeOrNull(node.lastSeen),
  metadata_json: JSON.stringify(node.metadata),
  updated_at: formatTime(node.updatedAt),
});

const nodeNotFound = () => notFound("node not found");
const nodeExists = () => exists("node with this name already exists");

/** A node that is to be made: what is left out gets the table's defaults. */
export type NodeDraft = Pick<Node, "name"> & Partial<Omit<Node, "createdAt" | "updatedAt" | "agentCount">>;

/** Throws `invalid node: ...` and `node with this name already exists`. */
export function createNode(db: Db, draft: NodeDraft, now: Instant): Node {
  const node: Node = {
    id: newId<NodeId>(),
    sshTarget: "",
    sshBackend: "auto",
    sshAgentForwarding: false,
    sshTimeoutSeconds: 0,
    status: "unknown",
    isLocal: false,
    metadata: {},
    ...draft,
    agentCount: 0,
    createdAt: now,
    updatedAt: now,
  };
  validateNode(node);
  const columns = { id: node.id, ...toColumns(node), created_at: formatTime(now) };
  inTransaction(db, () => refuseDuplicates(() => insertRow(db, "nodes", columns), nodeExists));
  return node;
}

/** The node of this machine; made, with the event `node.added`, where it is missing. */
export function ensureLocalNode(db: Db, hostName: string, now: Instant): Node {
  return inTransaction(db, () => {
    const row = db.query<NodeRow, []>(`${SELECT} WHERE is_local = 1 ORDER BY created_at LIMIT 1`).get();
    if (row) return toNode(row);
    const node = createNode(db, { name: hostName, isLocal: true, status: "online" }, now);
    appendEvent(db, { type: "node.added", entityType: "node", entityId: node.id }, now);
    return node;
  });
}

/** Throws `node not found`. */
export function getNode(db: Db, id: NodeId): Node {
  const row = db.query<NodeRow, [string]>(`${SELECT} WHERE id = ?`).get(id);
  if (!row) throw nodeNotFound();
  return toNode(row);
}

/** Throws `node not found`. */
export function getNodeByName(db: Db, name: string): Node {
  const row = db.query<NodeRow, [string]>(`${SELECT} WHERE name = ?`).get(name);
  if (!row) throw nodeNotFound();
  return toNode(row);
}

/** All nodes, or those with one status, by name. */
export const listNodes = (db: Db, status?: NodeStatus): Node[] =>
  db
    .query<NodeRow, { status: string | null }>(
      `${SELECT} WHERE ($status IS NULL OR status = $status) ORDER BY name`,
    )
    .all({ status: status ?? null })
    .map(toNode);

/** Throws `invalid node: ...`, `node not found` and `node with this name already exists`. */
export function updateNode(db: Db, node: Node, now: Instant): Node {
  validateNode(node);
  const edited = { ...node, updatedAt: now };
  const found = inTransaction(db, () =>
    refuseDuplicates(() => updateRow(db, "nodes", { id: node.id }, toColumns(edited)), nodeExists),
  );
  if (!found) throw nodeNotFound();
  return edited;
}

/** Sets the status and the time when the node was last seen. Throws `node not found`. */
export function setNodeStatus(db: Db, id: NodeId, status: NodeStatus, now: Instant): void {
  const found = inTransaction(db, () =>
    updateRow(db, "nodes", { id }, { status, last_seen_at: formatTime(now) }),
  );
  if (!found) throw nodeNotFound();
}

/** Deletes a node with its workspaces and agents. Throws `node not found`. */
export function deleteNode(db: Db, id: NodeId): void {
  const { changes } = inTransaction(db, () => db.query("DELETE FROM nodes WHERE id = ?").run(id));
  if (changes === 0) throw nodeNotFound();
}
