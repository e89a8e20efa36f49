import { concludeRun, restAfterRun } from "./after-run.ts";
import { waitForPerson } from "./blocked.ts";
import { claimRun } from "./claim-run.ts";
import type { Ending } from "./ending.ts";
import { executeRun } from "./execute-run.ts";
import { orderedEnd } from "./orders.ts";
import { limitReached, requestedEnd } from "./reached-end.ts";
import { readPlan } from "./read-plan.ts";
import { pause } from "./rest.ts";
import type { Session } from "./session.ts";
import { nextRunKind } from "./smart-stop/judge.ts";
import { quantitativeStop } from "./smart-stop/quantitative.ts";
import { dueRetry } from "./stall-retry.ts";
import { giveWay, waitForProfile } from "./waiting.ts";

/**
 * One pass of a loop, in the normative order of spec/10 section 3; the letters are its own. The answer is how the runner
 * ends, or undefined when the next pass follows.
 */
export async function runPass(session: Session): Promise<Ending | undefined> {
  // a, b; a loop that is blocked stays so whatever its limits say
  await waitForPerson(session);
  const loop = session.loop();
  const early = requestedEnd(session) ?? limitReached(session, loop);
  if (early) return early;

  // c
  await giveWay(session, loop);
  const read = await readPlan(session);
  if ("ending" in read) return read.ending;
  const plan = read.value;
  if (plan.end) return orderedEnd(session, "requested");
  if (plan.pauseBefore) return pause(session, plan.pauseBefore);

  // d, e
  const stop = await quantitativeStop(session, loop, "before");
  if (stop) return stop;
  const retry = dueRetry(session, plan);
  const kind = retry ? "main" : nextRunKind(session, loop, plan);

  // f, g, h
  const claim = await claimRun(session, loop, { plan, kind, retry });
  if (claim.ending) return claim.ending;
  if (claim.none) return waitForProfile(session, claim.none, plan);

  // i to l
  const executed = await executeRun(session, claim.run);

  // l to s, t to v
  const { ending, rests, isBlocked } = await concludeRun(session, executed);
  if (isBlocked) return undefined;
  return ending ?? restAfterRun(session, executed.run, { rests, pauseAfter: plan.pauseAfter });
}
