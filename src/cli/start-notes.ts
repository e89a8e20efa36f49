import { printable } from "../console/printable.ts";
import { toForgeError } from "../core/errors.ts";
import type { Loop } from "../core/loop.ts";
import { pastedWord } from "../core/pasted-name.ts";
import { poolOf } from "../runner/profile-selection.ts";
import { basePrompt } from "../runner/prompt-source.ts";
import type { Db } from "../store/database.ts";
import { listPoolMembers } from "../store/pool-members.ts";
import type { Invocation } from "./invocation.ts";

type Caller = Pick<Invocation, "config" | "out" | "world">;

/**
 * Tells on standard error what will put new loops into error at their first run: they are created all the same, because it
 * can still be mended (spec/20 section 6.5, spec/10 edge cases). A missing prompt only to a person: scripts may write it later.
 */
export function tellWhatIsMissing({ config, out, world }: Caller, db: Db, loop: Loop): void {
  const pool = loop.profileId ? undefined : poolOf(db, config, loop);
  if (pool && listPoolMembers(db, pool.id).length === 0) {
    out.note(
      `note: pool ${printable(JSON.stringify(pool.name))} has no profile; use --profile <name> or forge pool add ${pastedWord(pool.name, "pool")} <profile>`,
    );
  }
  if (!world.isTerminal(2)) return;
  try {
    basePrompt(loop);
  } catch (thrown) {
    out.note(`note: no prompt: ${printable(toForgeError(thrown).message)}; forge init makes PROMPT.md`);
  }
}
