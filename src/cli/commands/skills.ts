import { existsSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../../config/replace-file.ts";
import { printable } from "../../console/printable.ts";
import { operationFailed } from "../../core/errors.ts";
import { systemReason } from "../../core/system-error.ts";
import type { Run } from "../invocation.ts";
import type { skillsBootstrapFlags } from "../registry/skills.ts";
import { type SkillPlace, skillPlaces } from "../skills/skill-places.ts";
import { type SkillSource, skillSource } from "../skills/skill-source.ts";

/** What was done in one place; paths are absolute. */
interface Installation {
  readonly dest: string;
  readonly harnesses: readonly string[];
  readonly created: readonly string[];
  readonly skipped: readonly string[];
}

export const run: Run<typeof skillsBootstrapFlags> = ({ flags, config, world, out }) => {
  const source = skillSource(world.cwd, flags.path);
  const places = skillPlaces(config, world.cwd, flags["all-profiles"]);
  const installed = places.map((place) => install(source, place, flags.force));
  out.done(installationText(source, installed), { source: source.name, installed });
};

function install(
  { files }: SkillSource,
  { path: dest, harnesses }: SkillPlace,
  force: boolean,
): Installation {
  const [created, skipped]: [string[], string[]] = [[], []];
  for (const [name, content] of files) {
    const path = join(dest, name);
    if (existsSync(path) && !force) {
      skipped.push(path);
      continue;
    }
    try {
      replaceFile(path, content, 0o644);
    } catch (thrown) {
      throw operationFailed(`failed to write skill: ${path}: ${systemReason(thrown)}`, { cause: thrown });
    }
    created.push(path);
  }
  return { dest, harnesses, created, skipped };
}

function installationText({ name }: SkillSource, installed: readonly Installation[]): string {
  const entries = installed.flatMap(({ dest, harnesses, created, skipped }) => [
    `  - ${printable(dest)} (harnesses: ${harnesses.join(", ")})`,
    ...(created.length > 0 ? [`    created: ${created.length} files`] : []),
    ...(skipped.length > 0 ? [`    skipped: ${skipped.length} files`] : []),
  ]);
  return [`Skills source: ${printable(name)}`, "Installed:", ...entries].join("\n");
}
