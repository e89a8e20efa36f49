import { hostname } from "node:os";
import type { Output } from "../console/output.ts";
import { printable } from "../console/printable.ts";
import { toForgeError } from "../core/errors.ts";
import { isBlank } from "../core/validation.ts";
import type { World } from "../core/world.ts";
import { identity } from "../mail/project/identity.ts";
import { ensureProject } from "../mail/project/project-file.ts";
import { projectRoot, storeFolder } from "../mail/project/root.ts";
import { parseTarget, type Target } from "../mail/rules/target.ts";
import { sendMessage } from "../mail/store/send-message.ts";
import { openStore } from "../mail/store/store.ts";

interface Caller {
  readonly world: World;
  readonly out: Output;
}

const USUAL_WORK_TOPIC = "task";

/** Tells the other agents of the project what this one works on (spec/50 section 12.1). Never fails the command. */
export const tellOfWork = (caller: Caller, text: string): Promise<void> =>
  tell(caller, "fmail work notify", text, () =>
    parseTarget(caller.world.env.FORGE_FMAIL_WORK_TOPIC?.trim() || USUAL_WORK_TOPIC),
  );

/** Puts what was queued for an agent into its mailbox too. Never fails the command. */
export const mirrorToAgent = (caller: Caller, agentId: string, text: string): Promise<void> =>
  tell(caller, "fmail mirror", text, () => parseTarget(`@${agentId}`));

/** Only for those who have a name of their own; the files of the project are written as fmail does without a supervisor. */
async function tell({ world, out }: Caller, what: string, body: string, to: () => Target): Promise<void> {
  if (isBlank(world.env.FMAIL_AGENT)) return;
  try {
    const root = projectRoot(world);
    const { now, random } = world;
    const settings = { folder: storeFolder(root), now, random, host: hostname() };
    const store = openStore({ ...settings, warn: (line) => out.note(line) });
    const draft = { from: identity(world), to: to(), body };
    ensureProject(store, root, world);
    await sendMessage(store, draft);
  } catch (thrown) {
    out.note(`warning: ${what} failed: ${printable(toForgeError(thrown).message)}`);
  }
}
