import { readFileSync } from "node:fs";
import { nearNames } from "../core/edit-distance.ts";
import { type AnySection, camelCase, snakeCase } from "./key.ts";
import { CONFIG_KEYS } from "./keys.ts";
import { YamlPositions } from "./position.ts";
import { type KeyPath, keyPathText, type Position } from "./problem.ts";

/**
 * What is doubtful in a configuration file that can be loaded, one line each: keys that nobody knows, and what a stricter
 * reader of YAML minds (a key that stands twice: the last one counts).
 */
export function configWarnings(path: string, unknownKeys: readonly KeyPath[]): string[] {
  const positions = new YamlPositions(readFileSync(path, "utf8"));
  const place = (position: Position | undefined) =>
    position ? `${path}:${position.line}:${position.column}` : path;
  return [
    ...positions.complaints().map(({ message, position }) => `${place(position)}: ${message}`),
    ...unknownKeys.map((at) => `${place(positions.of(at))}: ${unknownKey(at)}`),
  ];
}

/** `unknown key: logging.levle (did you mean level?)` */
function unknownKey(at: KeyPath): string {
  const [near] = nearNames(String(at.at(-1)), siblings(at));
  const suggestion = near === undefined ? "" : ` (did you mean ${near}?)`;
  return `unknown key: ${keyPathText(at)}${suggestion}`;
}

/** The names that would have been known in the place of a key. */
function siblings(at: KeyPath): string[] {
  let section: AnySection = CONFIG_KEYS;
  for (const part of at.slice(0, -1)) {
    const entry = section.entries[camelCase(String(part))];
    if (entry?.kind !== "section") return [];
    section = entry;
  }
  return Object.keys(section.entries).map(snakeCase);
}
