import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Profile } from "../core/profile.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** The configuration file that codex will read: the first that exists (spec/10 section 7.1). */
export function findCodexConfig(
  profile: Pick<Profile, "env" | "authHome">,
  env: Variables,
): string | undefined {
  const candidates = [
    profile.env.CODEX_CONFIG,
    env.CODEX_CONFIG,
    profile.authHome && join(profile.authHome, "config.toml"),
    env.HOME && join(env.HOME, ".codex", "config.toml"),
  ];
  return candidates.find((path) => path && existsSync(path)) || undefined;
}

const BYPASS = "--dangerously-bypass-approvals-and-sandbox";
const FULL_AUTO = "--full-auto";
const SANDBOX = "--sandbox";
const WORKSPACE_WRITE = "workspace-write";

/**
 * A codex command that keeps to the sandbox that its configuration asks for. Without such a line the command stays as it
 * is, to the blank.
 */
export function keepConfiguredSandbox(command: string, configPath: string): string {
  const mode = configuredSandbox(configPath);
  if (mode === undefined) return command;
  const dropped = mode === WORKSPACE_WRITE ? [BYPASS] : [BYPASS, FULL_AUTO];
  const words = command.split(/\s+/).filter((word) => word !== "" && !dropped.includes(word));
  const isGiven = words.some((word) => word === SANDBOX || word.startsWith(`${SANDBOX}=`));
  if (mode !== WORKSPACE_WRITE && !isGiven) {
    const end = words.at(-1) === "-" ? words.length - 1 : words.length;
    words.splice(end, 0, SANDBOX, mode);
  }
  return words.join(" ");
}

/** The value of the first `sandbox_mode = "..."` line. */
function configuredSandbox(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  return /^[ \t]*sandbox_mode[ \t]*=[ \t]*"([^"]+)"/m.exec(text)?.[1];
}
