import { readFileSync } from "node:fs";
import { operationFailed } from "../core/errors.ts";
import { type Hook, hookJson, readHook } from "../core/hook.ts";
import { isJsonObject } from "../core/json.ts";
import { systemErrorCode, systemReason } from "../core/system-error.ts";
import { replaceFile } from "./replace-file.ts";

/** Every hook of the store, which other implementations write too. None where there is no file. Throws `failed to parse hook store: ...`. */
export function readHooks(path: string): readonly Hook[] {
  const text = readStore(path);
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    const hooks = isJsonObject(value) ? (value.hooks ?? []) : undefined;
    if (!Array.isArray(hooks)) throw new Error("no list of hooks");
    return hooks.map(readHook);
  } catch (thrown) {
    throw operationFailed(`failed to parse hook store: ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

/** Writes the whole store at once; only its owner may read it. Throws `failed to write hook store: ...`. */
export function writeHooks(path: string, hooks: readonly Hook[]): void {
  try {
    replaceFile(path, `${JSON.stringify({ hooks: hooks.map(hookJson) }, null, 2)}\n`, 0o600);
  } catch (thrown) {
    throw operationFailed(`failed to write hook store: ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

function readStore(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (systemErrorCode(thrown) === "ENOENT") return undefined;
    throw operationFailed(`failed to read hook store: ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}
