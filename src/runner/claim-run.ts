import { runDir } from "../config/paths.ts";
import { toForgeError } from "../core/errors.ts";
import { newId, type RunId } from "../core/ids.ts";
import type { Loop } from "../core/loop.ts";
import { readLoopMetadata } from "../core/loop-metadata.ts";
import type { RunKind } from "../core/run.ts";
import type { StalledRun } from "../core/stall-state.ts";
import type { Environment } from "../process/environment.ts";
import { currentBootId } from "../process/identity.ts";
import { runFolder } from "../process/run-folder.ts";
import { findLoopRuntime } from "../store/fx-loops.ts";
import { listMemory } from "../store/loop-memory.ts";
import { claimRun as storeClaim } from "../store/run-claim.ts";
import { changeStallState } from "../store/stall-states.ts";
import { listWork } from "../store/work-state.ts";
import { agentEnvironment } from "./agent-environment.ts";
import { composePrompt } from "./compose-prompt.ts";
import { EMPTY_CONTEXT, isEmptyContext, type LoopContext, RECENT_TASKS } from "./context-block.ts";
import { attempt, type Ending, HandedOver, LoopGone } from "./ending.ts";
import { interruptContext } from "./interrupt-context.ts";
import { locksOfOthers } from "./locks-of-others.ts";
import { unreadMail } from "./mail/run-mail.ts";
import { type ChosenProfile, type NoProfile, selectProfile } from "./profile-selection.ts";
import { basePrompt, judgePrompt, overridePrompt, type ResolvedPrompt } from "./prompt-source.ts";
import type { OperatorMessage, QueuePlan } from "./queue-plan.ts";
import type { Session } from "./session.ts";
import { profileOfRetry, promptOfRetry } from "./stall-retry.ts";
import type { ClaimedRun } from "./start-run.ts";

export type ClaimAnswer =
  | { readonly run: ClaimedRun; readonly ending?: undefined; readonly none?: undefined }
  /** No profile is free. */
  | {
      readonly none: NoProfile;
      readonly run?: undefined;
      readonly ending?: undefined;
    }
  | { readonly ending: Ending; readonly run?: undefined; readonly none?: undefined };

/** What the next run is to be. */
export interface PlannedRun {
  readonly plan: QueuePlan;
  readonly kind: RunKind;
  /** The stalled run that it tries again. */
  readonly retry?: StalledRun | undefined;
}

/** Selects a profile, composes the prompt and takes a slot (spec/10 section 3, f to h). */
export async function claimRun(session: Session, current: Loop, planned: PlannedRun): Promise<ClaimAnswer> {
  const { plan, kind, retry } = planned;
  for (let loop = current; ; loop = session.loop()) {
    const selection = attempt(
      "profile selection error",
      () =>
        (retry && profileOfRetry(session, loop, retry)) ??
        selectProfile({ ...session.deps, now: session.now(), tried: session.tried }, loop),
    );
    if ("ending" in selection) return selection;
    const chosen = selection.value;
    if (chosen.profile === undefined) return { none: chosen };

    const resumed = retry && promptOfRetry(retry, chosen);
    const prompt = resumed
      ? { value: resumed }
      : attempt(promptErrorName(plan, kind), () => resolvePrompt(loop, plan, kind));
    if ("ending" in prompt) return prompt;

    const run = await tryClaim(session, loop, planned, chosen, prompt.value);
    // The slot was taken meanwhile: choose again.
    if (run !== undefined) return { run };
  }
}

function promptErrorName(plan: QueuePlan, kind: RunKind): string {
  if (plan.override) return "override prompt error";
  return kind === "qual_stop" ? "qual stop prompt error" : "prompt resolution error";
}

function resolvePrompt(loop: Loop, plan: QueuePlan, kind: RunKind): ResolvedPrompt {
  if (plan.override) return overridePrompt(loop.repoPath, plan.override);
  const judge = kind === "qual_stop" ? readLoopMetadata(loop.metadata).stopConfig?.qualitative : undefined;
  if (judge) return judgePrompt(loop.repoPath, judge.prompt, judge.promptIsPath);
  return basePrompt(loop);
}

async function tryClaim(
  session: Session,
  loop: Loop,
  { plan, kind, retry }: PlannedRun,
  { profile, member }: ChosenProfile,
  prompt: ResolvedPrompt,
): Promise<ClaimedRun | undefined> {
  const { deps, loopId, epoch } = session;
  const { sessionId } = prompt;
  const env = agentEnvironment(session, loop, profile);
  // A session that is taken up again has it.
  const context = sessionId === undefined ? readContext(session, loop, env) : undefined;
  const mail = kind === "qual_stop" ? undefined : await unreadMail(session, loop, env);
  const messages = [...(await carriedMessages(session)), ...plan.messages];
  const runId = newId<RunId>();
  const folder = runFolder(runDir(deps.config, runId));
  deps.faultPoint("before-claim");
  const result = await session.transact(() => {
    const now = session.now();
    const claim = {
      runId,
      loopId,
      profileId: profile.id,
      kind,
      promptSource: prompt.source,
      promptPath: prompt.path,
      itemIds: plan.itemIds,
      dir: folder.path,
      instanceId: deps.instanceId,
      epoch,
      bootId: currentBootId(),
      member,
      mail: mail?.delivery,
      budgets: deps.config.budget,
    };
    const answer = storeClaim(deps.db, claim, now);
    if (answer.claimed && retry)
      changeStallState(deps.db, loopId, { stalled: { ...retry, retriedBy: runId } }, { now, epoch });
    return answer;
  });
  if (!result.claimed) {
    if (result.reason === "gone") throw new LoopGone();
    if (result.reason === "superseded") throw new HandedOver();
    return undefined;
  }
  session.noteState(loop.state, result.loop);
  if (loop.state === "waiting") deps.wakeUps.turnTaken();
  deps.faultPoint("after-claim");
  const isContextEmpty = context !== undefined && isEmptyContext(context);
  const isWholePrompt = messages.length === 0 && isContextEmpty && mail === undefined;
  return {
    runId,
    kind,
    row: result.run,
    loop: result.loop,
    profile,
    folder,
    itemIds: plan.itemIds,
    mail: mail?.delivery,
    prompt: composePrompt({ prompt: prompt.text, context, mail: mail?.text ?? "", messages }),
    sourceFile: isWholePrompt ? prompt.path : undefined,
    retry: retry && { stalledRun: retry.runId, sessionId },
  };
}

function readContext(session: Session, loop: Loop, env: Environment): LoopContext {
  const { deps, loopId, log } = session;
  try {
    return {
      work: listWork(deps.db, loopId, RECENT_TASKS),
      memory: listMemory(deps.db, loopId),
      locks: locksOfOthers(session, loop, env),
      asksVerdict: deps.config.loopDefaults.verdict,
    };
  } catch (thrown) {
    log.line(`memory injection failed: ${toForgeError(thrown).message}`);
    return EMPTY_CONTEXT;
  }
}

/** What operators said to the run that they interrupted, with what it did before; first of all messages. */
async function carriedMessages(session: Session): Promise<OperatorMessage[]> {
  const texts = findLoopRuntime(session.deps.db, session.loopId)?.carry ?? [];
  if (texts.length === 0) return [];
  const now = session.now();
  const context = await interruptContext(session.ledgerPath, session.log.path, now);
  return [context, ...texts].map((text) => ({ text, at: now }));
}
