import { existsSync, readFileSync, rmSync } from "node:fs";
import { extname, join } from "node:path";
import type { Config } from "../config/config.ts";
import { type DefinitionKind, definitionFiles, readDefinition } from "../config/definitions.ts";
import { replaceFile } from "../config/replace-file.ts";
import { confirmDestructive } from "../console/confirm.ts";
import { printable } from "../console/printable.ts";
import { parseDefinitionName } from "../core/definition-name.ts";
import { exists, notFound, operationFailed } from "../core/errors.ts";
import { systemReason } from "../core/system-error.ts";
import type { World } from "../core/world.ts";
import { editFile, requiredEditor } from "./editor.ts";
import { skipsConfirmation } from "./globals.ts";
import type { Run } from "./invocation.ts";

type Verb = Run<Record<never, never>>;
type Kind = DefinitionKind<{ readonly name: string }>;

/** The verbs that make, change and remove files of a person's own; those of projects are changed where they lie. */
export const editingVerbs = (kind: Kind): { add: Verb; edit: Verb; remove: Verb } => ({
  add: async ({ args: [word = ""], config, world, out }) => {
    const name = parseDefinitionName(kind.noun, word);
    const taken = await userFile(kind, config, name);
    if (taken) throw exists(`${kind.noun} ${JSON.stringify(name)} already exists at ${taken}`);
    const path = join(kind.userFolder(config), `${name}.yaml`);
    await createEdited(kind, path, name, world);
    out.done(`${title(kind)} created: ${printable(path)}`, { path });
  },

  edit: async ({ args: [word = ""], config, world, out }) => {
    const path = await existingUserFile(kind, config, word);
    editFile(path, requiredEditor(world), kind.noun, world);
    await readDefinition(kind, path);
    out.done(`${title(kind)} updated: ${printable(path)}`, { path });
  },

  remove: async ({ args: [word = ""], config, global, world, out }) => {
    const path = await existingUserFile(kind, config, word);
    const action = {
      verb: "delete" as const,
      resource: `${kind.noun}: ${printable(word)}`,
      impact: `This will remove ${printable(path)}.`,
    };
    if (!skipsConfirmation(global, world) && !confirmDestructive(out, action)) return;
    removeFile(kind, path);
    out.done(`Deleted ${kind.noun} ${JSON.stringify(printable(word))}`, { deleted: word });
  },
});

const title = ({ noun }: Kind): string => noun.charAt(0).toUpperCase() + noun.slice(1);

/** What nobody has written into is not left behind; what somebody has is, so that it can be mended. */
async function createEdited(kind: Kind, path: string, name: string, world: World): Promise<void> {
  const editor = requiredEditor(world);
  const skeleton = kind.skeleton(name);
  try {
    replaceFile(path, skeleton, 0o644);
  } catch (thrown) {
    throw operationFailed(`failed to write ${kind.noun}: ${path}: ${systemReason(thrown)}`, {
      cause: thrown,
    });
  }
  try {
    editFile(path, editor, kind.noun, world);
  } catch (thrown) {
    if (existsSync(path) && readFileSync(path, "utf8") === skeleton) rmSync(path);
    throw thrown;
  }
  await readDefinition(kind, path);
}

async function existingUserFile(kind: Kind, config: Config, word: string): Promise<string> {
  const path = await userFile(kind, config, parseDefinitionName(kind.noun, word));
  if (path === undefined)
    throw notFound(`${kind.noun} ${JSON.stringify(word)} not found in user ${kind.noun}s`);
  return path;
}

/** The file of a name, by what it says its name is, else by its own name: a broken one has to be found too. */
async function userFile(kind: Kind, config: Config, name: string): Promise<string | undefined> {
  const folder = kind.userFolder(config);
  const files = definitionFiles(folder);
  const wanted = name.toLowerCase();
  const named = await Promise.all(files.map((file) => declaredName(kind, join(folder, file))));
  const found =
    files.find((_, index) => named[index]?.toLowerCase() === wanted) ??
    files.find((file) => file.slice(0, -extname(file).length).toLowerCase() === wanted);
  return found === undefined ? undefined : join(folder, found);
}

async function declaredName(kind: Kind, path: string): Promise<string | undefined> {
  try {
    return (await readDefinition(kind, path)).name;
  } catch {
    return undefined;
  }
}

function removeFile({ noun }: Kind, path: string): void {
  try {
    rmSync(path);
  } catch (thrown) {
    throw operationFailed(`failed to remove ${noun}: ${path}: ${systemReason(thrown)}`, { cause: thrown });
  }
}
