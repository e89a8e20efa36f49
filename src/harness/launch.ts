import type { Profile } from "../core/profile.ts";
import type { Environment } from "../process/environment.ts";
import { findCodexConfig, keepConfiguredSandbox } from "./codex-config.ts";
import { harnessCommand } from "./command.ts";
import { type HarnessEnvironment, harnessEnvironment } from "./environment.ts";

export interface LaunchRequest extends Omit<HarnessEnvironment, "codexConfig" | "profile"> {
  readonly profile: Profile;
  /** In path mode only. */
  readonly promptPath: string | undefined;
}

/** What starts the harness of a run: its command line and environment. Throws what `harnessCommand` throws. */
export function harnessLaunch({ promptPath, ...run }: LaunchRequest): { command: string; env: Environment } {
  const { base, profile } = run;
  const codexConfig = profile.harness === "codex" ? findCodexConfig(profile, base) : undefined;
  const command = harnessCommand(profile, promptPath);
  return {
    command: codexConfig === undefined ? command : keepConfiguredSandbox(command, codexConfig),
    env: harnessEnvironment({ ...run, codexConfig }),
  };
}
