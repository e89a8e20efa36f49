import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fixturesAreMissing } from "../../support/fixtures.ts";
import { projectRoot } from "../../support/forge.ts";
import type { TemporaryStore } from "./temporary-store.ts";

export const FIXTURES = ["go", "rust"] as const;
export type Fixture = (typeof FIXTURES)[number];

/** Put behind the names of tests that are skipped without the databases of other implementations. */
export const needsFixtures = fixturesAreMissing ? " (skipped: ../shared/fixtures is absent)" : "";

/** Puts a copy of another implementation's database into the store's place. */
export function copyFixture(fixture: Fixture, store: TemporaryStore): string {
  const original = join(projectRoot, "../shared/fixtures", fixture, "data/forge.db");
  if (!existsSync(original)) throw new Error(`no fixture at ${original}`);
  copyFileSync(original, store.path);
  return store.path;
}
