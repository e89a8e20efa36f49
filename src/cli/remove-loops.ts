import { rmSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { loopEnvironmentPath, renderedPromptsDir, runDir } from "../config/paths.ts";
import { confirmDestructive } from "../console/confirm.ts";
import { printable } from "../console/printable.ts";
import type { LoopId, RunId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import type { Db } from "../store/database.ts";
import { listRuns } from "../store/loop-runs.ts";
import { deleteLoop, findLoop } from "../store/loops.ts";
import { inTransaction } from "../store/transaction.ts";
import { skipsConfirmation } from "./globals.ts";
import type { Invocation } from "./invocation.ts";
import { poke } from "./poke.ts";

type Remover = Pick<Invocation, "config" | "global" | "out" | "world">;

/** Asks whether these loops may go, where somebody can be asked. `extra` is said of others or of their runs. */
export function agreesToRemove({ global, out, world }: Remover, loops: readonly Loop[], extra = ""): boolean {
  if (skipsConfirmation(global, world)) return true;
  const [first] = loops;
  return confirmDestructive(out, {
    verb: "delete",
    resource: first && loops.length === 1 ? `loop: ${printable(first.name)}` : `loops: ${loops.length} loops`,
    impact: `This will remove ${loops.length} loop record(s). Logs and ledgers will remain on disk.${extra}`,
  });
}

/**
 * Removes loops in one transaction, and after it the files of theirs that may hold keys, prompts and output; logs and ledgers
 * stay. `mayGo` is asked about each
 * as it is then; what it throws keeps them all. The answer are the loops that were removed.
 */
export async function removeLoops(
  remover: Remover,
  db: Db,
  loops: readonly Loop[],
  mayGo: (loop: Loop) => boolean,
): Promise<Loop[]> {
  const { config, world } = remover;
  const removed = inTransaction(db, () =>
    loops
      .map(({ id }) => findLoop(db, id))
      .filter((loop) => loop !== undefined)
      .filter(mayGo)
      .map((loop) => {
        const runIds = listRuns(db, loop.id).map(({ id }) => id);
        deleteLoop(db, loop.id, world.now());
        return { loop, runIds };
      }),
  );
  for (const { loop, runIds } of removed) removeFiles(config, loop.id, runIds);
  // A runner whose loop is gone ends its harness.
  const gone = removed.map(({ loop }) => loop);
  await poke(remover, gone);
  return gone;
}

/** What nobody can ask for any more: saved environment, rendered prompts, and the folders of runs, which hold their output. */
function removeFiles(config: Config, loopId: LoopId, runIds: readonly RunId[]): void {
  const files = [loopEnvironmentPath(config, loopId), renderedPromptsDir(config, loopId)];
  for (const path of [...files, ...runIds.map((runId) => runDir(config, runId))])
    rmSync(path, { recursive: true, force: true });
}

/** The answer in words; `skipped` loops were left alone. */
export function removalText(loops: readonly Loop[], skipped = 0): string {
  const [first] = loops;
  if (first && loops.length === 1) return `Loop '${printable(first.name)}' removed`;
  const rest = skipped > 0 ? `; skipped ${skipped} active loop(s)` : "";
  return `Removed ${loops.length} loop(s)${rest}`;
}

/** The answer in JSON: a single loop by name, and lists where several were meant. */
export function removalJson(loops: readonly Loop[], isList: boolean) {
  const [first] = loops;
  return {
    removed: loops.length,
    ...(first && loops.length === 1 && { loop_id: first.id, name: first.name }),
    ...((isList || loops.length > 1) && {
      loop_ids: loops.map(({ id }) => id),
      names: loops.map(({ name }) => name),
    }),
  };
}
