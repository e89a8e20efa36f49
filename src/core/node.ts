import type { NodeId } from "./ids.ts";
import { omitEmpty, optionalTime } from "./json.ts";
import { formatTime, type Instant } from "./time.ts";
import { ValidationErrors } from "./validation.ts";

export const SSH_BACKENDS = ["native", "system", "auto"] as const;
export type SshBackend = (typeof SSH_BACKENDS)[number];

export const EXECUTION_MODES = ["auto", "forged", "ssh"] as const;
export type ExecutionMode = (typeof EXECUTION_MODES)[number];

export const NODE_STATUSES = ["online", "offline", "unknown"] as const;
export type NodeStatus = (typeof NODE_STATUSES)[number];

/** The known keys of a node's `metadata_json`, in their stored form; unknown keys are kept. */
export interface NodeMetadata {
  tmux_version?: string | undefined;
  platform?: string | undefined;
  hostname?: string | undefined;
  available_adapters?: string[] | undefined;
  forged_version?: string | undefined;
  forged_status?: string | undefined;
  [key: string]: unknown;
}

/** A machine on which agents run: a row of `nodes`. */
export interface Node {
  id: NodeId;
  name: string;
  /** Empty for the local node. */
  sshTarget: string;
  sshBackend: SshBackend;
  sshKeyPath?: string | undefined;
  sshAgentForwarding: boolean;
  sshProxyJump?: string | undefined;
  sshControlMaster?: string | undefined;
  sshControlPath?: string | undefined;
  sshControlPersist?: string | undefined;
  /** 0 = not set. */
  sshTimeoutSeconds: number;
  /** What is known of the supervisor over there; never stored. */
  forged?: NodeForged | undefined;
  status: NodeStatus;
  isLocal: boolean;
  lastSeen?: Instant | undefined;
  agentCount: number;
  metadata: NodeMetadata;
  createdAt: Instant;
  updatedAt: Instant;
}

export interface NodeForged {
  enabled: boolean;
  port: number;
  executionMode: ExecutionMode;
  available: boolean;
}

/** A node as it is printed (spec/40 section 3). */
export const nodeJson = (node: Node) => ({
  id: node.id,
  name: node.name,
  ssh_target: node.sshTarget,
  ssh_backend: node.sshBackend,
  ssh_key_path: omitEmpty(node.sshKeyPath),
  ssh_agent_forwarding: omitEmpty(node.sshAgentForwarding),
  ssh_proxy_jump: omitEmpty(node.sshProxyJump),
  ssh_control_master: omitEmpty(node.sshControlMaster),
  ssh_control_path: omitEmpty(node.sshControlPath),
  ssh_control_persist: omitEmpty(node.sshControlPersist),
  ssh_timeout_seconds: omitEmpty(node.sshTimeoutSeconds),
  forged_enabled: omitEmpty(node.forged?.enabled),
  forged_port: omitEmpty(node.forged?.port),
  execution_mode: node.forged?.executionMode,
  forged_available: omitEmpty(node.forged?.available),
  status: node.status,
  is_local: node.isLocal,
  last_seen: optionalTime(node.lastSeen),
  agent_count: node.agentCount,
  metadata: node.metadata,
  created_at: formatTime(node.createdAt),
  updated_at: formatTime(node.updatedAt),
});

/** Throws `invalid node: ...` (spec/40 section 5). */
export function validateNode(node: Pick<Node, "name" | "sshTarget" | "isLocal">): void {
  const problems = new ValidationErrors().require(node.name, "name", "node name is required");
  if (!node.isLocal)
    problems.require(node.sshTarget, "ssh_target", "SSH target is required for remote nodes");
  problems.throwIfAny("node");
}
