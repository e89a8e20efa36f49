import { confirm } from "../../console/confirm.ts";
import { table } from "../../console/table.ts";
import { classify, ForgeError, toForgeError } from "../../core/errors.ts";
import type { Db } from "../../store/database.ts";
import { checkTarget, migrateTo, migrateUp, migrationStatus, schemaVersion } from "../../store/migrator.ts";
import { backUp, planRollback, type RollbackRequest, rollBack, rowsDroppedBy } from "../../store/rollback.ts";
import { skipsConfirmation } from "../globals.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { migrateDownFlags, migrateUpFlags } from "../registry/database.ts";
import { openStore } from "../store-access.ts";

type NoFlags = Record<never, never>;

export const up: Run<typeof migrateUpFlags> = (invocation) => {
  const { flags, out } = invocation;
  const db = openStore(invocation, "write", { migrate: false });
  const applied = failingAs("migration failed", () =>
    flags.to === 0 ? migrateUp(db) : migrateUpTo(db, flags.to),
  );
  const none = applied === 0 ? "No pending migrations" : `Applied ${applied} migration(s)`;
  const text = flags.to === 0 ? none : `Migrated to version ${flags.to}`;
  out.done(text, { applied, version: schemaVersion(db) });
};

function migrateUpTo(db: Db, target: number): number {
  checkTarget(target);
  const current = schemaVersion(db);
  if (target < current) {
    throw new ForgeError("unknown", `target version ${target} is below the current version ${current}`, {
      hint: `To go back: forge migrate down --to ${target}`,
    });
  }
  return migrateTo(db, target).applied;
}

export const down: Run<typeof migrateDownFlags> = (invocation) => {
  const { flags, given, out } = invocation;
  if (given.has("steps") && given.has("to")) {
    throw new ForgeError("unknown", "use either --steps or --to, not both");
  }
  const db = openStore(invocation, "read", { migrate: false });
  if (flags.to !== undefined) checkDownTarget(db, flags.to);
  const request = flags.to === undefined ? { steps: flags.steps } : { target: flags.to };
  const rolledBack = rollBackAfterAsking(invocation, db, request);
  if (rolledBack === undefined) return;
  out.done(rolledBack === 0 ? "No migrations to roll back" : `Rolled back ${rolledBack} migration(s)`, {
    rolled_back: rolledBack,
    version: schemaVersion(db),
  });
};

function checkDownTarget(db: Db, target: number): void {
  const current = schemaVersion(db);
  if (target > current) {
    const message = `migration failed: target version ${target} is above the current version ${current}`;
    throw new ForgeError("unknown", message, { hint: `To go forward: forge migrate up --to ${target}` });
  }
  failingAs("migration failed", () => checkTarget(target));
}

/** Undefined when the person who was asked said no. */
function rollBackAfterAsking(
  { global, world, out }: Invocation,
  db: Db,
  request: RollbackRequest,
): number | undefined {
  const plan = failingAs("rollback failed", () => planRollback(db, request));
  if (plan.length === 0) return 0;
  const dropped = rowsDroppedBy(db, plan);
  if (dropped.length > 0 && !global.yes) {
    const rows = dropped.reduce((sum, { rows }) => sum + rows, 0);
    const what = `${rows} row(s) in ${dropped.map(({ table: name }) => name).join(", ")}`;
    // Not just anything that skips questions may lose rows: only a yes that was said.
    if (skipsConfirmation(global, world))
      throw new ForgeError("unknown", `rollback would drop ${what}; pass --yes`);
    if (!confirm(out, `Rolling back drops ${what}. Continue?`)) {
      out.note("Cancelled.");
      return undefined;
    }
  }
  return failingAs("rollback failed", () => {
    const copy = backUp(db, schemaVersion(db), world.now());
    if (!out.quiet) out.note(`Copy of the database: ${copy}`);
    return rollBack(db, plan);
  });
}

export const status: Run<NoFlags> = (invocation) => {
  const { out } = invocation;
  const db = openStore(invocation, "read", { migrate: false });
  const steps = failingAs("failed to get migration status", () => migrationStatus(db));
  if (out.isJson) {
    const json = steps.map(({ version, description, applied, appliedAt }) => ({
      Version: version,
      Description: description,
      Applied: applied,
      AppliedAt: appliedAt,
    }));
    return out.jsonList(json);
  }
  const rows = steps.map(({ version, description, applied, appliedAt }) => [
    String(version),
    description,
    applied ? "applied" : "pending",
    appliedAt || "-",
  ]);
  const header = ["VERSION", "DESCRIPTION", "STATUS", "APPLIED AT"];
  out.write(table(header, [header.map((title) => "-".repeat(title.length)), ...rows]));
};

export const version: Run<NoFlags> = (invocation) => {
  const { out } = invocation;
  const db = openStore(invocation, "read", { migrate: false });
  const current = failingAs("failed to get schema version", () => schemaVersion(db));
  // One line in both JSON formats (spec/40 section 12).
  out.line(out.isJson ? JSON.stringify({ version: current }) : `Schema version: ${current}`);
};

/** Puts `<what>: ` before the text of a failure; its class follows from the text as a whole. */
function failingAs<T>(what: string, body: () => T): T {
  try {
    return body();
  } catch (thrown) {
    const { message, hint, details } = toForgeError(thrown);
    const text = `${what}: ${message}`;
    throw new ForgeError(classify(text), text, { hint, details, cause: thrown });
  }
}
