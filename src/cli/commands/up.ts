import { printable } from "../../console/printable.ts";
import { shownShortId } from "../../core/ids.ts";
import { loopVerbJson } from "../../core/loop.ts";
import { assignmentOf, checkSpawnOwner, createLoops } from "../create-loops.ts";
import { ensureAnyProfile } from "../first-contact.ts";
import type { Run } from "../invocation.ts";
import { newLoopsFrom } from "../new-loops.ts";
import type { upFlags } from "../registry/loops.ts";
import { openStore } from "../store-access.ts";

export const run: Run<typeof upFlags> = (invocation) => {
  const { flags, world, config, out } = invocation;
  const request = newLoopsFrom(flags, world.cwd, config);
  if (!request.pool && !request.profile) ensureAnyProfile(invocation);
  const db = openStore(invocation, "write");
  const assignment = assignmentOf(db, request);
  checkSpawnOwner(flags["spawn-owner"]);
  const loops = createLoops(db, request, assignment, { config, world });
  if (out.isJson) return out.jsonList(loops.map(loopVerbJson));
  if (out.quiet) return;
  for (const loop of loops) {
    out.line(`Loop "${printable(loop.name)}" created (${shownShortId(loop.shortId, loop.id)})`);
  }
};
