import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import type { ConfigProfile } from "../../config/lists/profiles.ts";
import { ForgeError } from "../../core/errors.ts";

/** A folder in which agent CLIs look for skills. */
export interface SkillPlace {
  /** Absolute. */
  readonly path: string;
  readonly harnesses: readonly string[];
}

/** Where each agent CLI looks in a project. */
const PROJECT_FOLDERS: Readonly<Record<string, string>> = {
  codex: ".codex/skills",
  claude: ".claude/skills",
  opencode: ".opencode/skills",
  pi: ".pi/skills",
  droid: ".factory/skills",
  amp: ".amp/skills",
};

/**
 * Where the harnesses of the configured profiles look, by path. A profile of another program without a home has no such
 * place. Throws `no profiles configured for skills install`.
 */
export function skillPlaces(config: Config, cwd: string, allProfiles: boolean): SkillPlace[] {
  const profiles = allProfiles ? config.profiles : profilesOfDefaultPool(config);
  if (profiles.length === 0) throw new ForgeError("unknown", "no profiles configured for skills install");
  const byPath = new Map<string, Set<string>>();
  for (const profile of profiles) {
    const path = placeOf(profile, cwd);
    if (path === undefined) continue;
    const harnesses = byPath.get(path) ?? new Set<string>();
    byPath.set(path, harnesses.add(profile.harness));
  }
  return [...byPath]
    .map(([path, harnesses]) => ({ path, harnesses: [...harnesses] }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** In the order of the pool; all profiles where there is no such pool or it is empty. */
function profilesOfDefaultPool({ profiles, pools, defaultPool }: Config): readonly ConfigProfile[] {
  const members = pools.find(({ name }) => name === defaultPool)?.profiles ?? [];
  if (members.length === 0) return profiles;
  return members.flatMap((member) => profiles.find(({ name }) => name === member) ?? []);
}

function placeOf({ harness, authHome }: ConfigProfile, cwd: string): string | undefined {
  if (authHome) return join(authHome, "skills");
  const folder = PROJECT_FOLDERS[harness];
  return folder === undefined ? undefined : join(cwd, folder);
}
