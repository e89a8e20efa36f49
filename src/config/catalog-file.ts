import { readFileSync } from "node:fs";
import { operationFailed } from "../core/errors.ts";
import { catalogJson, type ProfileCatalog, readCatalog } from "../core/profile-catalog.ts";
import { systemErrorCode, systemReason } from "../core/system-error.ts";
import { replaceFile } from "./replace-file.ts";

/** The catalog of a file; undefined where there is none. Throws `failed to read profile catalog: ...`. */
export function readCatalogFile(path: string): ProfileCatalog | undefined {
  try {
    return readCatalog(JSON.parse(readFileSync(path, "utf8")));
  } catch (thrown) {
    if (systemErrorCode(thrown) === "ENOENT") return undefined;
    throw operationFailed(`failed to read profile catalog: ${path}: ${systemReason(thrown)}`, {
      cause: thrown,
    });
  }
}

/** Throws `failed to write profile catalog: ...`. */
export function writeCatalogFile(path: string, catalog: ProfileCatalog): void {
  try {
    replaceFile(path, `${JSON.stringify(catalogJson(catalog), null, 2)}\n`, 0o600);
  } catch (thrown) {
    throw operationFailed(`failed to write profile catalog: ${path}: ${systemReason(thrown)}`, {
      cause: thrown,
    });
  }
}
