import type { Environment } from "../process/environment.ts";

/** A repository that is locked or too large must not hold up the loop. */
const TIMEOUT_MS = 30_000;

export interface GitSummaryParts {
  readonly status: boolean;
  readonly diffStat: boolean;
}

/** What git says about a repository now; empty when nothing is asked for, or it is no work tree. */
export async function gitSummary(repo: string, parts: GitSummaryParts, env: Environment): Promise<string> {
  const wanted = [
    ...(parts.status ? ["status --porcelain"] : []),
    ...(parts.diffStat ? ["diff --stat"] : []),
  ];
  const sections = await Promise.all(wanted.map((command) => section(repo, command, env)));
  return sections.filter((text) => text !== undefined).join("\n");
}

async function section(repo: string, command: string, env: Environment): Promise<string | undefined> {
  const output = await git(repo, command.split(" "), env);
  if (output === undefined) return undefined;
  // The first column of a status line may be a blank that counts.
  return `${command}:\n${output.trimEnd() || "  (clean)"}`;
}

async function git(repo: string, words: readonly string[], env: Environment): Promise<string | undefined> {
  try {
    const child = Bun.spawn(["git", "-C", repo, ...words], {
      // The agent may work with git at the same time.
      env: { ...env, GIT_OPTIONAL_LOCKS: "0" },
      stdio: ["ignore", "pipe", "ignore"],
      timeout: TIMEOUT_MS,
    });
    const output = await child.stdout.text();
    return (await child.exited) === 0 ? output : undefined;
  } catch {
    return undefined;
  }
}
