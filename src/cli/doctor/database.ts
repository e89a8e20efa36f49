import { existsSync } from "node:fs";
import type { Config } from "../../config/config.ts";
import { databasePath } from "../../config/paths.ts";
import { type Check, checksOf } from "../../core/doctor-report.ts";
import { toForgeError } from "../../core/errors.ts";
import type { Node } from "../../core/node.ts";
import { type Db, openDatabase } from "../../store/database.ts";
import { danglingRows, type MissingPart, missingParts, quickCheck } from "../../store/integrity.ts";
import { migrationStatus } from "../../store/migrator.ts";
import { listNodes } from "../../store/nodes.ts";

const { pass, warn, fail, skip } = checksOf("database");
const nodeCheck = checksOf("nodes");

/** Above that the rest is only counted. */
const SHOWN_NODES = 20;

export interface DatabaseReport {
  readonly checks: readonly Check[];
  /** Undefined when there is none to look at. */
  readonly db: Db | undefined;
  /** What its schema lacks; only known of an up-to-date file. */
  readonly missing: readonly MissingPart[];
}

/** The database, as it lies there: nothing is migrated. */
export function databaseChecks(config: Config): DatabaseReport {
  const path = databasePath(config);
  if (!existsSync(path)) {
    const checks = [
      pass("connection", `${path} (not created yet)`),
      skip("migrations", "no database"),
      skip("integrity", "no database"),
      noNodes(),
    ];
    return { checks, db: undefined, missing: [] };
  }
  try {
    const { busyTimeoutMs } = config.database;
    const db = openDatabase(path, { mode: "read", migrate: false, busyTimeoutMs });
    return { ...contentChecks(db, path), db };
  } catch (thrown) {
    const checks = [
      fail("connection", `${path}: ${toForgeError(thrown).message}`),
      skip("migrations", "the database cannot be read"),
      skip("integrity", "the database cannot be read"),
    ];
    return { checks, db: undefined, missing: [] };
  }
}

function contentChecks(db: Db, path: string): Omit<DatabaseReport, "db"> {
  const status = migrationStatus(db);
  const pending = status.filter(({ applied }) => !applied).length;
  const missing = pending > 0 ? [] : missingParts(db);
  const schema = [migrations(status.length, pending), integrity(db, missing)];
  return { checks: [pass("connection", path), ...schema, ...nodes(db)], missing };
}

const migrations = (known: number, pending: number): Check =>
  pending === 0
    ? pass("migrations", `${known} applied`)
    : warn("migrations", `${pending} pending (run 'forge migrate up')`);

function integrity(db: Db, missing: readonly MissingPart[]): Check {
  const damage = quickCheck(db);
  if (damage.length > 0) return fail("integrity", `quick_check: ${damage.join("; ")}`);
  const lacking = missing.map(({ type, name }) => `missing ${type} ${name}`);
  if (lacking.length > 0) return fail("integrity", lacking.join("; "));
  const dangling = danglingRows(db);
  // Other programs write without looking: such rows are passed over, not fatal.
  if (dangling.length > 0) return warn("integrity", `rows without their parent: ${dangling.join("; ")}`);
  return pass("integrity", "quick_check, foreign keys and schema are as they should be");
}

function nodes(db: Db): Check[] {
  // A file whose first migration is pending has no such table.
  if (migrationStatus(db)[0]?.applied !== true) return [nodeCheck.skip("count", "no tables yet")];
  const all = listNodes(db);
  if (all.length === 0) return [noNodes()];
  const shown = all.slice(0, SHOWN_NODES).map(nodeState);
  const rest =
    all.length > SHOWN_NODES ? [nodeCheck.skip("truncated", `${all.length - SHOWN_NODES} more`)] : [];
  return [nodeCheck.pass("count", `${all.length} node(s)`), ...shown, ...rest];
}

const noNodes = (): Check => nodeCheck.warn("count", "no nodes configured");

/** What is stored about a node; nobody is called over the network. */
function nodeState({ name, status }: Node): Check {
  if (status === "offline") return nodeCheck.warn(`node:${name}`, "offline");
  return nodeCheck.pass(`node:${name}`, "all checks passed");
}
