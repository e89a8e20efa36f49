import { readdirSync } from "node:fs";
import { type Config, loadConfig } from "../../config/config.ts";
import { SEQUENCES, TEMPLATES } from "../../config/definition-kinds.ts";
import { definitionNames } from "../../config/definitions.ts";
import { readHooks } from "../../config/hook-file.ts";
import { databasePath, hooksPath, repoFolder } from "../../config/paths.ts";
import { gitRoot } from "../../config/project-root.ts";
import { printable } from "../../console/printable.ts";
import type { World } from "../../core/world.ts";
import { openDatabase } from "../../store/database.ts";
import { isNamedKind, listNames } from "../../store/names.ts";
import { type Candidate, complete, type NamesOf } from "../completion/complete.ts";
import { foldersOf } from "../definition-folders.ts";
import { globalFlags, rootFlags } from "../globals.ts";
import type { Run } from "../invocation.ts";
import { registryFor } from "../registry/registry.ts";

/** Asked by the shell scripts at every TAB: answers what it can, and nothing where something is wrong. */
export const run: Run<Record<never, never>> = async ({ args, world, out }) => {
  const config = await findConfig(world);
  const { candidates, files } = complete(args, {
    // The last word is still being typed.
    root: await registryFor(args.slice(0, -1)),
    globalFlags: { ...globalFlags, ...rootFlags },
    namesOf: (kind) => quietly(() => (config ? namesOf(kind, config, world.cwd) : [])),
  });
  const lines = candidates.map(({ word, description }) =>
    description === "" ? printable(word) : `${printable(word)}\t${printable(description)}`,
  );
  out.write([...lines, files ? ":0" : ":4", ""].join("\n"));
};

async function findConfig(world: World): Promise<Config | undefined> {
  try {
    return (await loadConfig({ env: world.env, cwd: world.cwd })).config;
  } catch {
    return undefined;
  }
}

function quietly(find: () => Candidate[]): Candidate[] {
  try {
    return find();
  } catch {
    return [];
  }
}

function namesOf(kind: Parameters<NamesOf>[0], config: Config, folder: string): Candidate[] {
  if (isNamedKind(kind)) {
    const db = openDatabase(databasePath(config), { mode: "read", migrate: false });
    return listNames(db, kind).map(({ name, about }) => ({ word: name, description: about }));
  }
  if (kind === "hook") return hookNames(config);
  if (kind === "prompt") return filesIn(repoFolder(folder, "prompts"), ".md");
  const values =
    kind === "template"
      ? definitionNames(TEMPLATES, foldersOf(TEMPLATES, config, gitRoot(folder)))
      : definitionNames(SEQUENCES, foldersOf(SEQUENCES, config, gitRoot(folder)));
  return values.map(({ name, description }) => ({ word: name, description }));
}

const hookNames = (config: Config): Candidate[] =>
  readHooks(hooksPath(config)).map(({ id, command = "", url }) => ({
    word: id,
    description: url ?? command,
  }));

const filesIn = (folder: string, ending: string): Candidate[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => ({ word: file.slice(0, -ending.length), description: "" }));
