import { basename, join } from "node:path";
import { renderedPromptPath, renderedPromptsDir } from "../../config/paths.ts";
import type { Loop } from "../../core/loop.ts";
import { entriesOf } from "../../process/disk-usage.ts";
import { listRunningRuns } from "../../store/loop-runs.ts";
import { type CleanupContext, type Removal, removePaths, writtenAt } from "./removal.ts";

/** Removes rendered prompts beyond the newest of a loop, and those that are too old; never that of a run in progress. */
export const cleanUpPrompts = (context: CleanupContext): Promise<Removal> =>
  removePaths(
    context.loops.flatMap((loop) => excessPrompts(context, loop)),
    context,
  );

function excessPrompts({ db, config, now, before }: CleanupContext, { id }: Loop): string[] {
  const { promptsPerLoop } = config.retention;
  const folder = renderedPromptsDir(config, id);
  const inUse = new Set(
    listRunningRuns(db, id).map((run) => basename(renderedPromptPath(config, id, run.id))),
  );
  return entriesOf(folder)
    .filter(({ name }) => /^run-.+\.md$/.test(name))
    .map(({ name }) => ({ name, at: writtenAt(join(folder, name), now) }))
    .toSorted((a, b) => b.at - a.at)
    .filter(
      ({ name, at }, place) =>
        !inUse.has(name) &&
        ((promptsPerLoop > 0 && place >= promptsPerLoop) || (before !== undefined && at < before)),
    )
    .map(({ name }) => join(folder, name));
}
