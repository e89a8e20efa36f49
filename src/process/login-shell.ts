import type { Milliseconds } from "../core/duration.ts";

/** Start-up files may do anything; who asks waits no longer than this for them. */
const WITHIN_MS: Milliseconds = 5_000;

/**
 * Whether the shell that starts runs (`bash -l`, spec/10 section 7.1) knows a program or builtin in this environment. Its
 * start-up files may build the PATH anew, so that it misses what the caller's own shell finds.
 */
export const isKnownToLoginShell = (
  program: string,
  env: Readonly<Record<string, string | undefined>>,
): boolean =>
  Bun.spawnSync(["bash", "-lc", 'command -v -- "$1"', "bash", program], {
    env: { ...env },
    stdio: ["ignore", "ignore", "ignore"],
    timeout: WITHIN_MS,
  }).success;
