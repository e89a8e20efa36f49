import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { definitionError } from "../core/definition-reader.ts";
import { ForgeError, notFound, operationFailed } from "../core/errors.ts";
import { systemErrorCode, systemReason } from "../core/system-error.ts";
import type { Config } from "./config.ts";
import type { RepoFolder } from "./paths.ts";

/** Where a definition comes from. */
type Origin = "project" | "user" | "file" | "builtin";

/** What people keep in YAML files, one in each: templates and sequences (spec/30 sections 7 and 8). */
export interface DefinitionKind<Value extends { readonly name: string }> {
  readonly noun: "template" | "sequence";
  readonly projectFolder: RepoFolder;
  readonly userFolder: (config: Config) => string;
  readonly systemFolder: string;
  readonly builtins: readonly Value[];
  /** Reads the content of a file; throws what is wrong with it. */
  readonly read: (content: unknown) => Value;
  /** A file to start from. */
  readonly skeleton: (name: string) => string;
}

export interface Found<Value> {
  readonly value: Value;
  readonly origin: Origin;
  /** The path of its file; `builtin` for those that Forge brings. */
  readonly source: string;
}

/** A folder in which definitions are looked for. */
export interface DefinitionFolder {
  readonly path: string;
  readonly origin: Origin;
}

/**
 * All definitions in the order of the folders, those of a folder by name, the built-in ones last; of those with one name,
 * upper and lower case alike, the first. Throws `parse <noun> <path>: <reason>` for a file that is not right.
 */
export async function listDefinitions<Value extends { readonly name: string }>(
  kind: DefinitionKind<Value>,
  folders: readonly DefinitionFolder[],
): Promise<Found<Value>[]> {
  const names = new Set<string>();
  const inFiles = await Promise.all(folders.map((folder) => definitionsIn(kind, folder)));
  const builtins = kind.builtins.map((value) => ({ value, origin: "builtin" as const, source: "builtin" }));
  return [...inFiles.flat(), ...builtins].filter(({ value }) => {
    const name = value.name.toLowerCase();
    return names.has(name) ? false : names.add(name);
  });
}

/** Throws `<noun> "<name>" not found`, and as `listDefinitions`. */
export async function findDefinition<Value extends { readonly name: string }>(
  kind: DefinitionKind<Value>,
  folders: readonly DefinitionFolder[],
  name: string,
): Promise<Found<Value>> {
  const wanted = name.trim().toLowerCase();
  const definitions = await listDefinitions(kind, folders);
  const found = definitions.find(({ value }) => value.name.toLowerCase() === wanted);
  if (!found) throw notFound(`${kind.noun} ${JSON.stringify(name)} not found`);
  return found;
}

/** The same for completion, at once: names and descriptions, without the files that are not right. */
export function definitionNames<Value extends { readonly name: string; readonly description: string }>(
  { builtins, read }: DefinitionKind<Value>,
  folders: readonly DefinitionFolder[],
): Value[] {
  const files = folders.flatMap(({ path }) => definitionFiles(path).map((file) => join(path, file)));
  const own = files.flatMap((file) => {
    try {
      return [read(Bun.YAML.parse(readFileSync(file, "utf8")))];
    } catch {
      return [];
    }
  });
  const byName = new Map(
    [...own, ...builtins].toReversed().map((value) => [value.name.toLowerCase(), value]),
  );
  return [...byName.values()].toReversed();
}

async function definitionsIn<Value extends { readonly name: string }>(
  kind: DefinitionKind<Value>,
  { path: folder, origin }: DefinitionFolder,
): Promise<Found<Value>[]> {
  const sources = definitionFiles(folder).map((file) => join(folder, file));
  const read = sources.map(async (source) => ({ value: await readDefinition(kind, source), origin, source }));
  return (await Promise.all(read)).toSorted((a, b) => compare(a.value.name, b.value.name));
}

// By code unit: the order must not depend on the locale.
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The names of the files of a folder that hold definitions. Empty where it is missing. */
export function definitionFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => /^\.ya?ml$/.test(extname(file)))
      .sort();
  } catch (thrown) {
    if (systemErrorCode(thrown) === "ENOENT") return [];
    throw operationFailed(`failed to read ${folder}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

/** Throws `parse <noun> <path>: <reason>`, with the place where the text is no YAML. */
export async function readDefinition<Value extends { readonly name: string }>(
  { noun, read }: DefinitionKind<Value>,
  path: string,
): Promise<Value> {
  try {
    return read(await readYaml(path));
  } catch (thrown) {
    const reason = thrown instanceof ForgeError ? thrown.message : systemReason(thrown);
    throw definitionError(`parse ${noun} ${path}: ${reason}`);
  }
}

async function readYaml(path: string): Promise<unknown> {
  const text = readFileSync(path, "utf8");
  try {
    return Bun.YAML.parse(text);
  } catch (thrown) {
    const { YamlPositions } = await import("./position.ts");
    const [error] = new YamlPositions(text).complaints();
    if (!error) throw thrown;
    const { line, column } = error.position;
    throw definitionError(`line ${line}, column ${column}: ${error.message}`);
  }
}
