import { readLine } from "../console/confirm.ts";
import { printable } from "../console/printable.ts";
import { invalid, preflight } from "../core/errors.ts";
import { type Harness, storedHarness } from "../core/profile.ts";
import type { Instant } from "../core/time.ts";
import { defaultTemplate } from "../harness/default-templates.ts";
import type { Db } from "../store/database.ts";
import { addPoolMember } from "../store/pool-members.ts";
import { createPool } from "../store/pools.ts";
import { createProfile, listProfiles } from "../store/profiles.ts";
import { inTransaction } from "../store/transaction.ts";
import { isNonInteractive } from "./globals.ts";
import { GET_AN_AGENT, installedAgents } from "./installed-agents.ts";
import type { Invocation } from "./invocation.ts";
import { missingProgram, programOf } from "./missing-program.ts";
import { lookUp, openStore } from "./store-access.ts";

const POOL = "default";

/**
 * Where there is no profile at all, makes one for each agent CLI that is installed and wanted, in a default pool
 * (spec/20 section 6.5). Throws the preflight error `no profile to run a loop with`; then nothing has been written.
 */
export function ensureAnyProfile(invocation: Invocation): void {
  const { global, world, out } = invocation;
  if (lookUp(invocation, listProfiles).length > 0) return;
  const found = installedAgents(world);
  const asks = !global.yes && !out.isJson && !isNonInteractive(global, world);
  if (found.length === 0 || !(asks || global.yes)) throw noProfile(found);
  const chosen = asks ? choose(invocation, found) : found;
  if (chosen.length === 0) throw noProfile(found);
  addProfiles(openStore(invocation, "write"), chosen, world.now());
  if (out.quiet || out.isJson) return;
  out.note(`Created profile(s) ${chosen.join(", ")} in pool "${POOL}". The same by hand:`);
  out.note("  forge profile init --yes");
  out.note(`  forge pool create ${POOL} && forge pool add ${POOL} ${chosen.join(" ")}`);
  for (const harness of chosen) {
    const missing = missingProgram(programOf(defaultTemplate(harness).command ?? ""), world.env);
    if (missing !== undefined) out.note(`note: ${printable(missing)}`);
  }
}

function noProfile(found: readonly Harness[]) {
  const hint = found.length > 0 ? `Found: ${found.join(", ")}. Run: forge profile init` : GET_AN_AGENT;
  const names = found.length > 0 ? found.join(" ") : "<names>";
  const next = `forge profile init --yes && forge pool create ${POOL} && forge pool add ${POOL} ${names}`;
  return preflight("no profile to run a loop with", hint, next);
}

/** Asks once which of the agents loops shall run. */
function choose({ out }: Invocation, found: readonly Harness[]): readonly Harness[] {
  out.note(`Loops need a profile: an account with an agent CLI. Found here: ${found.join(", ")}`);
  out.prompt("Which shall loops use? (all, none, or names separated by commas) [all]: ");
  const words = (readLine() ?? "none").split(/[\s,]+/).filter((word) => word !== "");
  if (words.length === 0 || words.includes("all")) return found;
  if (words.includes("none")) return [];
  const unknown = words.find((word) => !found.some((harness) => harness === word));
  if (unknown !== undefined)
    throw invalid(`invalid choice ${JSON.stringify(unknown)}; found: ${found.join(", ")}`);
  return found.filter((harness) => words.includes(harness));
}

function addProfiles(db: Db, harnesses: readonly Harness[], now: Instant): void {
  inTransaction(db, () => {
    const pool = createPool(db, { name: POOL, isDefault: true }, now);
    for (const harness of harnesses) {
      const { command = "", promptMode } = defaultTemplate(harness);
      const draft = { name: harness, harness: storedHarness(harness), authKind: harness, promptMode };
      const profile = createProfile(db, { ...draft, commandTemplate: command }, now);
      addPoolMember(db, { poolId: pool.id, profileId: profile.id }, now);
    }
  });
}
