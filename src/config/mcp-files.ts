import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { gitRoot } from "./project-root.ts";

const FILES = ["mcp.json", ".mcp.json", ".mcp/servers.json", ".claude/mcp.json"].flatMap((file) => [
  file,
  `${file}c`,
]);
const MAIL_SERVER = /agent-mail|agent_mail|agentmail|mcp_agent_mail/;

/**
 * The address of the mail server that an MCP file of a repository names (spec/30 section 20); undefined without one. A file that
 * cannot be read, and a server that is no address but a program, are none.
 */
export function mailServerUrl(cwd: string): string | undefined {
  const root = gitRoot(cwd) ?? cwd;
  for (const file of FILES) {
    const servers = serversOf(readText(join(root, file)));
    const named = Object.entries(servers).find(
      ([name, server]) => MAIL_SERVER.test(name) || MAIL_SERVER.test(JSON.stringify(server)),
    )?.[1];
    const url = isJsonObject(named) ? (named.url ?? named.httpUrl ?? named.serverUrl) : undefined;
    if (typeof url === "string" && /^https?:\/\//.test(url)) return url;
  }
  return undefined;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function serversOf(text: string): JsonObject {
  if (!MAIL_SERVER.test(text)) return {};
  try {
    const value: unknown = Bun.JSONC.parse(text);
    if (!isJsonObject(value)) return {};
    const servers = value.mcpServers ?? value.servers ?? value;
    return isJsonObject(servers) ? servers : {};
  } catch {
    return {};
  }
}
