import type { Config } from "../config/config.ts";
import type { Output } from "../console/output.ts";
import { invalid } from "../core/errors.ts";
import type { Loop } from "../core/loop.ts";
import { isBlank } from "../core/validation.ts";
import type { World } from "../core/world.ts";
import type { Db } from "../store/database.ts";
import { findLoopByReference } from "../store/loop-reference.ts";
import { openStore } from "./store-access.ts";

interface Caller {
  readonly flags: { readonly loop: string | undefined };
  readonly world: World;
  readonly config: Config;
  readonly out: Output;
}

/**
 * Opens the database at the loop that `mem` and `work` are about: the one of the flag, else the one in whose run the
 * command is called (spec/30 section 9). Throws `loop required (pass --loop or set FORGE_LOOP_ID)` before anything is opened.
 */
export function openCurrentLoop(caller: Caller): { db: Db; loop: Loop } {
  const { env } = caller.world;
  const reference = firstNonBlank(caller.flags.loop, env.FORGE_LOOP_ID, env.FORGE_LOOP_NAME);
  if (reference === undefined) throw invalid("loop required (pass --loop or set FORGE_LOOP_ID)");
  const db = openStore(caller, "read");
  return { db, loop: findLoopByReference(db, reference) };
}

/** Who works. Throws `agent id required (pass --agent or set FMAIL_AGENT)`. */
export function workingAgent(flag: string | undefined, env: World["env"]): string {
  const agent = firstNonBlank(flag, env.FMAIL_AGENT, env.SV_ACTOR, env.FORGE_LOOP_NAME);
  if (agent === undefined) throw invalid("agent id required (pass --agent or set FMAIL_AGENT)");
  return agent;
}

const firstNonBlank = (...texts: (string | undefined)[]): string | undefined =>
  texts.find((text) => !isBlank(text));
