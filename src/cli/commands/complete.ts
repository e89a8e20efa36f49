import { readdirSync } from "node:fs";
import { loadConfig } from "../../config/config.ts";
import { databasePath, repoFolder } from "../../config/paths.ts";
import { printable } from "../../console/printable.ts";
import type { World } from "../../core/world.ts";
import { openDatabase } from "../../store/database.ts";
import { isNamedKind, listNames } from "../../store/names.ts";
import { type Candidate, complete, type NamesOf } from "../completion/complete.ts";
import { globalFlags, rootFlags } from "../globals.ts";
import type { Run } from "../invocation.ts";
import { registryFor } from "../registry/registry.ts";

/** Asked by the shell scripts at every TAB: answers what it can, and nothing where something is wrong. */
export const run: Run<Record<never, never>> = async ({ args, world, out }) => {
  const databaseFile = await findDatabase(world);
  const { candidates, files } = complete(args, {
    // The last word is still being typed.
    root: await registryFor(args.slice(0, -1)),
    globalFlags: { ...globalFlags, ...rootFlags },
    namesOf: (kind) => quietly(() => namesOf(kind, databaseFile, world.cwd)),
  });
  const lines = candidates.map(({ word, description }) =>
    description === "" ? printable(word) : `${printable(word)}\t${printable(description)}`,
  );
  out.write([...lines, files ? ":0" : ":4", ""].join("\n"));
};

async function findDatabase(world: World): Promise<string> {
  try {
    return databasePath((await loadConfig({ env: world.env, cwd: world.cwd })).config);
  } catch {
    return "";
  }
}

function quietly(find: () => Candidate[]): Candidate[] {
  try {
    return find();
  } catch {
    return [];
  }
}

function namesOf(kind: Parameters<NamesOf>[0], databaseFile: string, repo: string): Candidate[] {
  if (isNamedKind(kind)) {
    const db = openDatabase(databaseFile, { mode: "read", migrate: false });
    return listNames(db, kind).map(({ name, about }) => ({ word: name, description: about }));
  }
  if (kind === "prompt") return filesIn(repoFolder(repo, "prompts"), ".md");
  return [];
}

const filesIn = (folder: string, ending: string): Candidate[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => ({ word: file.slice(0, -ending.length), description: "" }));
