import { Database } from "bun:sqlite";
import { chmodSync, cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./forge.ts";
import type { Sandbox } from "./sandbox.ts";

/** Data that other implementations of Forge left behind; it lies beside the checkout and may be absent. */
const fixtures = join(projectRoot, "../shared/fixtures");

export type FixtureName = "go" | "rust";

/** For `test.skipIf`: whether the data of other implementations is here. */
export const fixturesAreMissing = !existsSync(fixtures);

/** Where the rows of the fixtures were made. */
const ORIGINAL_HOME = "/home/dev";

/**
 * Puts a copy of a fixture into the HOME and the repository of a sandbox. Its paths are rewritten to the sandbox's and
 * its harness scripts are made (`~/bin/agent.sh` succeeds, `~/bin/fail.sh` exits 1), so that its loops run there.
 */
export function installFixture(name: FixtureName, sandbox: Sandbox): void {
  mkdirSync(sandbox.dataDir, { recursive: true, mode: 0o700 });
  cpSync(join(fixtures, name, "data"), sandbox.dataDir, { recursive: true });
  cpSync(join(fixtures, name, "repo"), sandbox.repo, { recursive: true });
  rewritePaths(join(sandbox.dataDir, "forge.db"), [
    [`${ORIGINAL_HOME}/.local/share/forge`, sandbox.dataDir],
    [`${ORIGINAL_HOME}/acme`, sandbox.repo],
    [`${ORIGINAL_HOME}/`, `${sandbox.home}/`],
  ]);
  harnessScript(sandbox, "agent.sh", "echo agent ran");
  harnessScript(sandbox, "fail.sh", "echo agent failed >&2; exit 1");
}

function harnessScript(sandbox: Sandbox, name: string, body: string): void {
  const folder = join(sandbox.home, "bin");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** Replaces texts in every text of every table. */
function rewritePaths(databasePath: string, replacements: readonly (readonly [string, string])[]): void {
  using database = new Database(databasePath, { readwrite: true, create: false });
  for (const { table, column } of textColumns(database)) {
    for (const [from, to] of replacements) {
      database.run(
        `UPDATE "${table}" SET "${column}" = replace("${column}", ?1, ?2) WHERE instr("${column}", ?1)`,
        [from, to],
      );
    }
  }
}

function textColumns(database: Database): { table: string; column: string }[] {
  return database
    .query<{ table: string; column: string }, []>(
      `SELECT tables.name AS "table", columns.name AS "column"
       FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
       WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%' AND upper(columns.type) = 'TEXT'`,
    )
    .all();
}
