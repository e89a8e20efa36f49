import { existsSync, readFileSync } from "node:fs";
import { isJsonObject, type JsonObject } from "../core/json.ts";

/**
 * The map in a YAML file that must never stop a loop: one that is missing is empty, and so is one that cannot be read, which
 * is told in `problems`.
 */
export function readMap(path: string, problems: string[]): JsonObject {
  // Each run asks, and mostly there is none: an error that is thrown costs more than a look.
  if (!existsSync(path)) return {};
  try {
    const root = Bun.YAML.parse(readFileSync(path, "utf8")) ?? {};
    if (isJsonObject(root)) return root;
    problems.push("not a map of keys");
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException; // What reading and parsing throw is an Error.
    if (code !== "ENOENT") problems.push(message);
  }
  return {};
}
