import { readFileSync, rmSync } from "node:fs";
import { operationFailed } from "../core/errors.ts";
import { isJsonObject } from "../core/json.ts";
import { systemErrorCode, systemReason } from "../core/system-error.ts";
import { formatTime, type Instant, parseTime } from "../core/time.ts";
import type { Config } from "./config.ts";
import { contextPath } from "./paths.ts";
import { replaceFile } from "./replace-file.ts";

/** The workspace and agent that commands without one of their own mean (spec/30 section 17). Empty: none. */
export interface StoredContext {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly updatedAt: Instant | undefined;
}

export const NO_CONTEXT: StoredContext = {
  workspaceId: "",
  workspaceName: "",
  agentId: "",
  agentName: "",
  updatedAt: undefined,
};

/** How others write a time that is not set. */
const ZERO_TIME = "0001-01-01T00:00:00Z";

/** As it is printed, in the spelling of other implementations. */
export const contextJson = (context: StoredContext) => ({
  WorkspaceID: context.workspaceId,
  WorkspaceName: context.workspaceName,
  AgentID: context.agentId,
  AgentName: context.agentName,
  UpdatedAt: context.updatedAt === undefined ? ZERO_TIME : formatTime(context.updatedAt),
});

/** Throws `failed to read context: <path>: ...`. */
export function readStoredContext(config: Config): StoredContext {
  const path = contextPath(config);
  try {
    const root = Bun.YAML.parse(readFileSync(path, "utf8"));
    if (!isJsonObject(root)) return NO_CONTEXT;
    const text = (key: string) => String(root[key] ?? "").trim();
    return {
      workspaceId: text("workspace"),
      workspaceName: text("workspace_name"),
      agentId: text("agent"),
      agentName: text("agent_name"),
      updatedAt: parseTime(text("updated_at")),
    };
  } catch (thrown) {
    if (systemErrorCode(thrown) === "ENOENT") return NO_CONTEXT;
    throw operationFailed(`failed to read context: ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

/** Throws `failed to write context: <path>: ...`. */
export function writeStoredContext(config: Config, context: StoredContext): void {
  const path = contextPath(config);
  const fields = {
    workspace: context.workspaceId,
    workspace_name: context.workspaceName,
    agent: context.agentId,
    agent_name: context.agentName,
    updated_at: context.updatedAt === undefined ? "" : formatTime(context.updatedAt),
  };
  const lines = Object.entries(fields).filter(([, value]) => value !== "");
  // A JSON text is a YAML text too.
  const content = lines.map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`).join("");
  try {
    replaceFile(path, content, 0o644);
  } catch (thrown) {
    throw operationFailed(`failed to write context: ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

/** Not an error where there is none. */
export function removeStoredContext(config: Config): void {
  const path = contextPath(config);
  try {
    rmSync(path, { force: true });
  } catch (thrown) {
    throw operationFailed(`failed to remove context: ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}
