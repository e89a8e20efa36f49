import { lstatSync } from "node:fs";
import { join } from "node:path";
import { type Instant, parseTime } from "../../core/time.ts";
import { listAgents } from "./agents.ts";
import { listAllBoxes } from "./boxes.ts";
import { entriesIn, folderState } from "./folders.ts";
import { removeFile } from "./old-messages.ts";
import { boxPath, type Store } from "./store.ts";

/** A writer needs its temporary file for a moment; one this old belongs to a writer that was killed. */
const ABANDONED_AFTER_MS = 3_600_000;

/** Removes what killed writers left behind, and the records of nameless agents that were last seen before a moment. */
export async function removeLeftovers(store: Store, before: Instant): Promise<void> {
  const folders = [".", "agents", "read", ".recent", ".relay", ...listAllBoxes(store).map(boxPath)];
  for (const folder of folders) removeAbandoned(store, folder);
  for (const { name, lastSeen } of await listAgents(store)) {
    const seenAt = parseTime(lastSeen);
    if (/^anon-\d+$/.test(name) && seenAt !== undefined && seenAt < before)
      removeFile(store, `agents/${name}.json`);
  }
}

function removeAbandoned(store: Store, folder: string): void {
  if (!folderState(join(store.folder, folder))) return;
  for (const { name } of entriesIn(join(store.folder, folder))) {
    if (!/^\..*\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    const state = lstatSync(join(store.folder, path), { throwIfNoEntry: false });
    if (state?.isFile() && state.mtimeMs < store.now() - ABANDONED_AFTER_MS) removeFile(store, path);
  }
}
