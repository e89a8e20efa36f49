import { join } from "node:path";
import type { Loop } from "../../src/core/loop.ts";
import { closeDatabase, openDatabase } from "../../src/store/database.ts";
import { createLoop, type LoopDraft } from "../../src/store/loops.ts";
import type { Sandbox } from "./sandbox.ts";

/** Makes a stopped loop in a sandbox's database without starting anything, as `up` leaves one whose start failed. */
export function addLoop(sandbox: Sandbox, draft: Pick<LoopDraft, "name"> & Partial<LoopDraft>): Loop {
  const db = openDatabase(join(sandbox.dataDir, "forge.db"), { mode: "write" });
  try {
    return createLoop(db, { repoPath: sandbox.repo, basePromptMsg: "x", ...draft }, Date.now());
  } finally {
    closeDatabase(db);
  }
}
