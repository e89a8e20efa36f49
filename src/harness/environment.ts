import type { RunId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import type { Profile } from "../core/profile.ts";
import { slug } from "../core/slug.ts";
import { isBlank } from "../core/validation.ts";
import type { Environment } from "../process/environment.ts";
import { RUN_MARK } from "../process/marked-processes.ts";

export const PROMPT_VARIABLE = "FORGE_PROMPT_CONTENT";

export interface HarnessEnvironment {
  /** The loop's own environment. */
  readonly base: Environment;
  readonly loop: Pick<Loop, "id" | "name" | "repoPath">;
  readonly runId: RunId;
  readonly profile: Pick<Profile, "harness" | "authHome" | "env">;
  /** In env mode only. */
  readonly promptText?: string | undefined;
  readonly codexConfig?: string | undefined;
}

/** The environment of a run; later parts win (spec/10 section 7.2). */
export function harnessEnvironment(run: HarnessEnvironment): Environment {
  const { base, loop, runId, profile, promptText, codexConfig } = run;
  // What the runner inherited would be the prompt of another run.
  const { [PROMPT_VARIABLE]: _inherited, ...inherited } = base;
  return {
    ...inherited,
    ...authHomeVariables(profile),
    ...(promptText !== undefined && { [PROMPT_VARIABLE]: promptText }),
    ...(codexConfig !== undefined && { CODEX_CONFIG: codexConfig }),
    ...profile.env,
    ...actorVariables(loop, profile.env),
    FORGE_LOOP_ID: loop.id,
    FORGE_LOOP_NAME: loop.name,
    [RUN_MARK]: runId,
  };
}

/** The variables by which each agent CLI finds its login. */
const AUTH_HOME_NAMES: Readonly<Record<string, readonly string[]>> = {
  claude: ["CLAUDE_CONFIG_DIR"],
  codex: ["CODEX_HOME"],
  opencode: ["OPENCODE_CONFIG_DIR", "XDG_DATA_HOME"],
  pi: ["HOME", "PI_CODING_AGENT_DIR"],
};

function authHomeVariables({ harness, authHome }: Pick<Profile, "harness" | "authHome">): Environment {
  if (!authHome) return {};
  const names = AUTH_HOME_NAMES[harness] ?? ["HOME"];
  return Object.fromEntries(names.map((name) => [name, authHome]));
}

/** Who the agent is in mail and version control, unless its profile says so itself. */
export function actorVariables(
  loop: Pick<Loop, "id" | "name" | "repoPath">,
  profileEnv: Environment,
): Environment {
  const set = (name: string, value: string) => {
    const own = profileEnv[name];
    return own === undefined || isBlank(own) ? value : own;
  };
  const agent = set("FMAIL_AGENT", mailName(loop));
  return { FMAIL_AGENT: agent, SV_REPO: set("SV_REPO", loop.repoPath), SV_ACTOR: set("SV_ACTOR", agent) };
}

const LEGAL_MAIL_NAME = /^[a-z0-9-]+$/;

const mailName = ({ id, name }: Pick<Loop, "id" | "name">): string =>
  LEGAL_MAIL_NAME.test(name.toLowerCase()) ? name : slug(name, id);
