import { MIGRATIONS } from "./migrations/index.ts";
import { OWN_SERIES } from "./own-schema.ts";

interface Steps {
  readonly table: string;
  readonly steps: readonly { readonly version: number }[];
}

/**
 * Asks whether a file has every known migration: `ready` is 1. Called as a macro where the database is opened: the
 * migrations themselves are loaded only for a file that lacks one.
 */
export const schemaCheck = (): string =>
  `SELECT ${recordedAll({ table: "schema_version", steps: MIGRATIONS })} AND ${recordedAll(OWN_SERIES)} AS ready`;

const recordedAll = ({ table, steps }: Steps): string =>
  `(SELECT count(*) FROM ${table} WHERE version IN (${steps.map(({ version }) => version)})) = ${steps.length}`;
