import { printable } from "../../console/printable.ts";
import { readLoopMetadata } from "../../core/loop-metadata.ts";
import { type LoopWorkState, loopWorkStateJson } from "../../core/loop-work-state.ts";
import { formatTime } from "../../core/time.ts";
import { isBlank } from "../../core/validation.ts";
import { countRunsOfLoop } from "../../store/loop-runs.ts";
import { clearCurrentWork, findCurrentWork, listWork, setCurrentWork } from "../../store/work-state.ts";
import { openCurrentLoop, workingAgent } from "../current-loop.ts";
import type { Run } from "../invocation.ts";
import type { workFlags, workSetFlags } from "../registry/loop-notes.ts";

type Work = Run<typeof workFlags>;

/** How many tasks `work ls` shows. */
const LISTED = 100;

export const set: Run<typeof workSetFlags> = async (invocation) => {
  const {
    args: [taskId = ""],
    flags,
    world,
    out,
  } = invocation;
  const agentId = workingAgent(flags.agent, world.env);
  const { db, loop } = openCurrentLoop(invocation);
  const loopIteration = readLoopMetadata(loop.metadata).iterationCount ?? countRunsOfLoop(db, loop.id);
  const { status, detail } = flags;
  const draft = { loopId: loop.id, agentId, taskId, status, detail, loopIteration };
  out.done("ok", loopWorkStateJson(setCurrentWork(db, draft, world.now())));
  const notice = `${taskId} [${status}] ${agentId}${isBlank(detail) ? "" : ` | ${detail?.trim()}`}`;
  if (world.env.FMAIL_AGENT) await (await import("../fmail-notice.ts")).tellOfWork(invocation, notice);
};

export const clear: Work = (invocation) => {
  const { db, loop } = openCurrentLoop(invocation);
  clearCurrentWork(db, loop.id);
  invocation.out.done("ok", { loop: loop.name, ok: true });
};

export const current: Work = (invocation) => {
  const { out } = invocation;
  const { db, loop } = openCurrentLoop(invocation);
  const state = findCurrentWork(db, loop.id);
  if (out.isJson) out.json(state ? loopWorkStateJson(state) : { current: null });
  else out.line(state ? workLine(state) : "(none)");
};

export const ls: Work = (invocation) => {
  const { out } = invocation;
  const { db, loop } = openCurrentLoop(invocation);
  const states = listWork(db, loop.id, LISTED);
  if (out.isJson) return out.jsonList(states.map(loopWorkStateJson));
  const lines = states.map((state) => `${state.isCurrent ? "*" : " "} ${workLine(state)}`);
  out.line(lines.length === 0 ? "(empty)" : lines.join("\n"));
};

/** `t2 [blocked] agent=ag iter=1 updated=2026-11-22T22:41:04Z | waiting` */
function workLine({ taskId, status, agentId, loopIteration, updatedAt, detail }: LoopWorkState): string {
  const line = `${taskId} [${status}] agent=${agentId} iter=${loopIteration} updated=${formatTime(updatedAt)}`;
  return printable(detail ? `${line} | ${detail}` : line);
}
