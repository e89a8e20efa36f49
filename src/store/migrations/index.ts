import { initialSchema } from "./001-initial-schema.ts";
import { nodeConnectionPrefs } from "./002-node-connection-prefs.ts";
import { queueItemAttempts } from "./003-queue-item-attempts.ts";
import { usageHistory } from "./004-usage-history.ts";
import { portAllocations } from "./005-port-allocations.ts";
import { mailAndFileLocks } from "./006-mail-and-file-locks.ts";
import { loopRuntime } from "./007-loop-runtime.ts";
import { loopShortId } from "./008-loop-short-id.ts";
import { loopLimits } from "./009-loop-limits.ts";
import { loopKv } from "./011-loop-kv.ts";
import { loopWorkState } from "./012-loop-work-state.ts";
import { persistentAgents } from "./013-persistent-agents.ts";
import { teamModel } from "./014-team-model.ts";
import { teamTasks } from "./015-team-tasks.ts";
import type { Migration } from "./migration.ts";

/** The shared migrations in ascending order. There is no 010. */
export const MIGRATIONS: readonly Migration[] = [
  initialSchema,
  nodeConnectionPrefs,
  queueItemAttempts,
  usageHistory,
  portAllocations,
  mailAndFileLocks,
  loopRuntime,
  loopShortId,
  loopLimits,
  loopKv,
  loopWorkState,
  persistentAgents,
  teamModel,
  teamTasks,
];
