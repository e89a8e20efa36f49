import { printable } from "../../console/printable.ts";
import { shownShortId } from "../../core/ids.ts";
import { loopVerbJson } from "../../core/loop.ts";
import { getLoop } from "../../store/loops.ts";
import { assignmentOf, checkSpawnOwner, createLoops } from "../create-loops.ts";
import { ensureAnyProfile } from "../first-contact.ts";
import type { Run } from "../invocation.ts";
import { newLoopsFrom } from "../new-loops.ts";
import type { upFlags } from "../registry/loops.ts";
import { startRunner } from "../start-runner.ts";
import { lookUp, openStore } from "../store-access.ts";

export const run: Run<typeof upFlags> = async (invocation) => {
  const { flags, given, world, config, out } = invocation;
  const owner = flags["spawn-owner"];
  const request = newLoopsFrom({ flags, given, config }, world.cwd);
  if (!request.pool && !request.profile) ensureAnyProfile(invocation);
  const assignment = lookUp(invocation, (db) => assignmentOf(db, request));
  checkSpawnOwner(owner);
  const db = openStore(invocation, "write");
  const loops = createLoops(db, request, assignment, { config, world });
  const [first] = loops;
  if (first && !out.isJson && !out.quiet) {
    (await import("../start-notes.ts")).tellWhatIsMissing(invocation, db, first);
    if (world.isTerminal(2))
      (await import("../unattended-notice.ts")).tellThatAgentsAskNobody(invocation, db, first);
  }
  // A start that fails leaves its loop stopped, to be resumed.
  for (const loop of loops) {
    await startRunner(invocation, db, loop, { owner, reason: "up" });
    if (!out.isJson && !out.quiet)
      out.line(`Loop "${printable(loop.name)}" started (${shownShortId(loop.shortId, loop.id)})`);
  }
  if (out.isJson) out.jsonList(loops.map(({ id }) => loopVerbJson(getLoop(db, id))));
};
