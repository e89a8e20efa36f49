import type { Loop } from "../../core/loop.ts";
import { readLoopMetadata } from "../../core/loop-metadata.ts";
import type { RunKind } from "../../core/run.ts";
import type { QualitativeStop } from "../../core/stop-config.ts";
import { adapterFor } from "../../harness/adapters/adapters.ts";
import { readOutput } from "../../harness/read-output.ts";
import type { SettledRun } from "../active-run.ts";
import type { Ending } from "../ending.ts";
import type { QueuePlan } from "../queue-plan.ts";
import type { Session } from "../session.ts";
import { verdictOf } from "./verdict.ts";

const ruleOf = (loop: Loop): QualitativeStop | undefined =>
  readLoopMetadata(loop.metadata).stopConfig?.qualitative;

/** Whether the judge has to be asked about the last main run (spec/10 section 9.2); never in single runs. */
export function isJudgeDue({ isSingle }: Session, loop: Loop): boolean {
  const every = ruleOf(loop)?.every ?? 0;
  const { mainIterations = 0, lastJudgedMain = 0 } = readLoopMetadata(loop.metadata).stopState ?? {};
  if (every === 0 || isSingle) return false;
  return mainIterations > 0 && mainIterations % every === 0 && lastJudgedMain !== mainIterations;
}

/** The kind of the next run; an override in the queue takes the place of the judge. */
export const nextRunKind = (session: Session, loop: Loop, plan: QueuePlan): RunKind =>
  plan.override === undefined && isJudgeDue(session, loop) ? "qual_stop" : "main";

/** What the answer of a judge run leads to. */
export async function judgedEnd(session: Session, run: SettledRun): Promise<Ending | undefined> {
  if (run.kind !== "qual_stop") return undefined;
  const onInvalid = ruleOf(run.loop)?.onInvalid ?? "continue";
  switch (verdictOf(await answerOf(run))) {
    case "stop":
      return { state: "stopped", log: "qual stop signaled stop (0)", lastError: "qual stop: signaled stop" };
    case "continue":
      session.log.line("qual stop signaled continue (1)");
      return undefined;
    case undefined: {
      const log = `qual stop invalid output (on_invalid=${onInvalid})`;
      if (onInvalid === "stop")
        return { state: "stopped", log, lastError: "qual stop: invalid output (expected 0 or 1)" };
      session.log.line(log);
      return undefined;
    }
  }
}

/** The agent's last words where its output tells them apart, else the end of the output (spec/15 section 2.4). */
async function answerOf({ folder, profile, row, signs }: SettledRun): Promise<string> {
  const { answer } = signs ?? (await readOutput(folder.output, adapterFor(profile.harness)));
  return answer ?? row.outputTail ?? "";
}
