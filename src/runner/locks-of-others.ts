import { agentMailSetting, lockProject } from "../config/agent-mail.ts";
import { lockStorePath } from "../config/paths.ts";
import { toForgeError } from "../core/errors.ts";
import type { Loop } from "../core/loop.ts";
import type { Reservation } from "../core/reservation.ts";
import { activeReservations } from "../core/reservation-rules.ts";
import type { Environment } from "../process/environment.ts";
import { readReservations } from "../store/reservation-file.ts";
import type { Session } from "./session.ts";

/**
 * The locks that other agents hold in a loop's repository now. The loop's own agent is who `forge lock` would take it for
 * inside the run. A lock store that cannot be read keeps no run from starting: none, and a line in the log.
 */
export function locksOfOthers({ deps, log }: Session, { repoPath }: Loop, env: Environment): Reservation[] {
  const own = agentMailSetting(env, "AGENT") ?? env.FMAIL_AGENT;
  try {
    const book = readReservations(lockStorePath(deps.config, env));
    const active = activeReservations(book, lockProject(env, repoPath), deps.now());
    return active.filter(({ agent }) => agent !== own);
  } catch (thrown) {
    log.line(`lock injection failed: ${toForgeError(thrown).message}`);
    return [];
  }
}
