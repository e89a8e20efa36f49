import type { Profile } from "../core/profile.ts";
import type { Environment } from "../process/environment.ts";
import { adapterFor } from "./adapters/adapters.ts";
import { findCodexConfig, keepConfiguredSandbox } from "./codex-config.ts";
import { harnessCommand } from "./command.ts";
import { type HarnessEnvironment, harnessEnvironment } from "./environment.ts";
import { resumedCommand } from "./resume.ts";

export interface LaunchRequest extends Omit<HarnessEnvironment, "codexConfig" | "profile"> {
  readonly profile: Profile;
  /** In path mode only. */
  readonly promptPath: string | undefined;
  /** The session that is taken up again, where the command can be made to. */
  readonly sessionId?: string | undefined;
}

/** What starts the harness of a run: its command line and environment. Throws what `harnessCommand` throws. */
export function harnessLaunch({ promptPath, sessionId, ...run }: LaunchRequest): {
  command: string;
  env: Environment;
} {
  const { base, profile } = run;
  const codexConfig = profile.harness === "codex" ? findCodexConfig(profile, base) : undefined;
  const usual = harnessCommand(profile, promptPath);
  const command = codexConfig === undefined ? usual : keepConfiguredSandbox(usual, codexConfig);
  return {
    command: resumedCommand(adapterFor(profile.harness), command, sessionId) ?? command,
    env: harnessEnvironment({ ...run, codexConfig }),
  };
}

/** Whether a profile can be made to go on with a session. */
export const canResume = (profile: Profile, sessionId: string | undefined): boolean =>
  resumedCommand(
    adapterFor(profile.harness),
    [profile.commandTemplate, ...profile.extraArgs].join(" "),
    sessionId,
  ) !== undefined;
