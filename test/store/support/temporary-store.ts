import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeDatabase, type DatabaseOptions, type Db, openDatabase } from "../../../src/store/database.ts";

/** A folder for one database file; connections and files are gone when it is disposed of. */
export class TemporaryStore implements Disposable {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "forge-store-")));
  readonly path = join(this.folder, "forge.db");
  readonly #open: Db[] = [];

  /** A connection of this process, closed at the end. */
  open(options: Partial<DatabaseOptions> = {}): Db {
    const db = openDatabase(this.path, { mode: "write", ...options });
    this.#open.push(db);
    return db;
  }

  [Symbol.dispose](): void {
    for (const db of this.#open) closeDatabase(db);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A migrated database in memory. */
export const inMemory = (): Db => openDatabase(":memory:", { mode: "write" });
