import type { Loop } from "../../core/loop.ts";
import { readLoopMetadata } from "../../core/loop-metadata.ts";
import type { QuantitativeStop } from "../../core/stop-config.ts";
import { isBlank } from "../../core/validation.ts";
import type { Ending } from "../ending.ts";
import { orderedEnd } from "../orders.ts";
import { requestedEnd } from "../reached-end.ts";
import type { Session } from "../session.ts";
import { mismatch } from "./match.ts";
import { runStopCommand } from "./stop-command.ts";

/**
 * Runs the stop command of a loop where it is due (spec/10 section 9.1); the answer is the end that it leads to. `knownExit`
 * is its exit code where it has just been run for another reason.
 */
export async function quantitativeStop(
  session: Session,
  loop: Loop,
  moment: "before" | "after",
  knownExit?: number,
): Promise<Ending | undefined> {
  const { stopConfig, iterationCount = 0 } = readLoopMetadata(loop.metadata);
  const rule = stopConfig?.quantitative;
  if (rule === undefined || !isDue(rule, moment, iterationCount)) return undefined;

  const notMatched = (reason: string) => session.log.line(`quant stop not matched: ${reason}`);
  if (isBlank(rule.command)) return void notMatched("empty cmd");
  if (hasNoCriteria(rule)) return void notMatched("no match criteria configured");

  const result =
    knownExit === undefined
      ? await runStopCommand(session, rule, loop.repoPath)
      : { exitCode: knownExit, stdout: "", stderr: "" };
  if (result === undefined) return requestedEnd(session) ?? orderedEnd(session, "requested");
  const reason = await mismatch(rule, result);
  if (reason !== undefined) return void notMatched(reason);

  const log = `quant stop matched (decision=${rule.decision} exit_code=${result.exitCode})`;
  if (rule.decision === "stop") return { state: "stopped", log, lastError: "quant stop: matched" };
  session.log.line(log);
  return undefined;
}

function isDue({ when, every }: QuantitativeStop, moment: "before" | "after", iterations: number): boolean {
  if (when !== moment && when !== "both") return false;
  return (moment === "before" ? iterations + 1 : iterations) % every === 0;
}

const hasNoCriteria = (rule: QuantitativeStop): boolean =>
  rule.exitCodes.length === 0 &&
  rule.stdoutMode === "any" &&
  rule.stderrMode === "any" &&
  rule.stdoutRegex === undefined &&
  rule.stderrRegex === undefined;
