import { hostname } from "node:os";
import { readRepoConfig } from "../../config/repo-config.ts";
import { toForgeError } from "../../core/errors.ts";
import type { RunId } from "../../core/ids.ts";
import type { Loop } from "../../core/loop.ts";
import { identity } from "../../mail/project/identity.ts";
import { projectRoot, storeFolder } from "../../mail/project/root.ts";
import type { ReadMarker } from "../../mail/rules/read-marker.ts";
import { agent, parseTarget, type Target, targetText, topic } from "../../mail/rules/target.ts";
import { folderState } from "../../mail/store/folders.ts";
import { forgetReading, readMarkerOf, rememberReading } from "../../mail/store/read-markers.ts";
import { openStore, type Store } from "../../mail/store/store.ts";
import { readingsOf, unreadMessages } from "../../mail/store/unread.ts";
import type { Environment } from "../../process/environment.ts";
import { deleteRunMail, findRunMail, type RunMail } from "../../store/run-mail.ts";
import { isDoneAgain, type SettledRun } from "../active-run.ts";
import type { Session } from "../session.ts";
import { MOST_MESSAGES, mailBlock } from "./mail-block.ts";

/** So many messages of the agent's own are not looked at again with every run. */
const MANY = 100;

export interface PromptMail {
  /** The block in the prompt. */
  readonly text: string;
  readonly delivery: RunMail;
}

/**
 * What the agent of the next run has not read, for its prompt (spec/50 section 12.3); undefined when there is nothing. Mail that
 * cannot be read keeps no run from starting: a line in the log tells of it.
 */
export async function unreadMail(
  session: Session,
  loop: Loop,
  env: Environment,
): Promise<PromptMail | undefined> {
  try {
    const folder = storeFolder(projectRoot({ env, cwd: loop.repoPath }));
    // Most repositories have none, and a loop may run many times a second.
    if (!folderState(folder)) return undefined;
    const { inject } = readRepoConfig(loop.repoPath).fmail;
    if (inject === "none") return undefined;
    const store = storeAt(session, folder);
    const self = identity({ env });
    const marker = readMarkerOf(store, self);
    const targets = [agent(self), ...(inject === "all" ? topicsOf(session, store, self, marker) : [])];
    const unread = await unreadMessages(store, self, marker, targets, MOST_MESSAGES);
    if (unread.messages.length === 0) {
      if (unread.own.length > MANY) await rememberReading(store, self, readingsOf(targets, unread, []));
      return undefined;
    }
    const { text, shown } = mailBlock(unread.messages, unread.further);
    const readings = readingsOf(targets, unread, shown).map(({ target, ...ids }) => ({
      target: targetText(target),
      ...ids,
      before: marker.last.get(targetText(target)),
    }));
    return { text, delivery: { folder, agent: self, readings } };
  } catch (thrown) {
    session.log.line(`mail injection failed: ${toForgeError(thrown).message}`);
    return undefined;
  }
}

/** Topics that an agent takes part in: it has posted there or has read there. */
function topicsOf(session: Session, store: Store, self: string, marker: ReadMarker): Target[] {
  const posted = session.postedTopics(self).find(store);
  const names = [...posted.map(({ name }) => name), ...marker.last.keys()];
  return [...new Set(names.filter((name) => !name.startsWith("@")))].sort().map(topic);
}

/** The harness has started with this mail in its prompt: it counts as read. Doing it twice changes nothing. */
export const markMailRead = (session: Session, mail: RunMail): Promise<void> =>
  changeMarker(session, mail, rememberReading);

/** Mail that no agent was given stays unread. */
export const forgetMail = ({ deps }: Session, runId: RunId): void => deleteRunMail(deps.db, runId);

/**
 * The mail of a run that has ended was read by its agent; where the work is to be done again it becomes unread, because the
 * next agent has not seen it. Doing it twice changes nothing.
 */
export async function settleMail(session: Session, run: SettledRun): Promise<void> {
  const mail = findRunMail(session.deps.db, run.runId);
  if (mail === undefined) return;
  if (isDoneAgain(run)) await changeMarker(session, mail, forgetReading);
  await session.transact(() => forgetMail(session, run.runId));
}

async function changeMarker(
  session: Session,
  { folder, agent, readings }: RunMail,
  change: typeof rememberReading | typeof forgetReading,
): Promise<void> {
  try {
    const read = readings.map(({ target, ...ids }) => ({ target: parseTarget(target), ...ids }));
    await change(storeAt(session, folder), agent, read);
  } catch (thrown) {
    session.log.line(`mail injection failed: ${toForgeError(thrown).message}`);
  }
}

const storeAt = ({ deps }: Session, folder: string): Store =>
  openStore({ folder, now: deps.now, random: Math.random, host: hostname(), warn() {} });
