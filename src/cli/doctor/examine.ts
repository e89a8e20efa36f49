import type { Check } from "../../core/doctor-report.ts";
import type { RunId } from "../../core/ids.ts";
import type { Db } from "../../store/database.ts";
import type { MissingPart } from "../../store/integrity.ts";
import type { Invocation } from "../invocation.ts";
import { agentChecks } from "./agents.ts";
import { configurationChecks } from "./configuration.ts";
import { costChecks } from "./cost.ts";
import { databaseChecks } from "./database.ts";
import { dependencyChecks } from "./dependencies.ts";
import { runtimeChecks } from "./runtime.ts";

/** All that was looked at, and what could be mended. */
export interface Examination {
  readonly checks: readonly Check[];
  readonly db: Db | undefined;
  readonly orphans: readonly RunId[];
  readonly staleFiles: readonly string[];
  readonly missing: readonly MissingPart[];
}

export async function examine(invocation: Pick<Invocation, "global" | "world">): Promise<Examination> {
  const { world } = invocation;
  const [dependencies, agents, { checks, config }] = await Promise.all([
    dependencyChecks(world),
    agentChecks(world),
    configurationChecks(invocation),
  ]);
  const general = [...dependencies, ...agents, ...checks];
  if (config === undefined)
    return { checks: general, db: undefined, orphans: [], staleFiles: [], missing: [] };
  const database = databaseChecks(config);
  const readable = isReadable(database.checks) ? database.db : undefined;
  const runtime = await runtimeChecks({ config, world }, readable);
  const cost = costChecks(config, readable);
  return { ...runtime, ...database, checks: [...general, ...cost, ...database.checks, ...runtime.checks] };
}

/** Whether the tables that tell of runs can be asked. */
const isReadable = (checks: readonly Check[]): boolean =>
  checks.every(({ name, status }) => name !== "migrations" || status === "pass") &&
  checks.every(({ name, status }) => name !== "connection" || status === "pass");
