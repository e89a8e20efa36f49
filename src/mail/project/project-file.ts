import { basename, join } from "node:path";
import { ForgeError, invalid, operationFailed } from "../../core/errors.ts";
import { formatTimeMillis } from "../../core/time.ts";
import type { World } from "../../core/world.ts";
import { readJsonObject, textField } from "../rules/json-object.ts";
import { jsonText } from "../rules/json-text.ts";
import { makeStoreFolder } from "../store/folders.ts";
import { readRegularFile } from "../store/read-file.ts";
import type { Store } from "../store/store.ts";
import { createFile, replaceFile } from "../store/write-file.ts";
import { systemReason } from "../system-error.ts";

const FILE_MODE = 0o644;

interface ProjectFile {
  readonly id: string;
  readonly created: string;
}

const pathOf = (store: Store): string => join(store.folder, "project.json");
const textOf = (project: ProjectFile): string => jsonText(new Map(Object.entries(project)));

/** What `.fmail/project.json` says; undefined when it is missing or cannot be understood. */
function readProject(store: Store): ProjectFile | undefined {
  try {
    const file = readRegularFile(pathOf(store));
    const fields = file && readJsonObject(file.text);
    const id = fields && textField(fields, "id")?.trim();
    return id ? { id, created: textField(fields, "created") ?? "" } : undefined;
  } catch {
    return undefined;
  }
}

/** The id that the project file gives; undefined where there is none. */
export const storedProjectId = (store: Store): string | undefined => readProject(store)?.id;

/** The id of a project, by which other hosts know it (spec/50 section 2.2). Throws `invalid project root: /`. */
export const projectId = (store: Store, root: string, world: Pick<World, "env">): string =>
  storedProjectId(store) ?? derivedId(root, world);

/** Makes the store and its project file unless they are there. Throws `ensure project: <reason>`. */
export function ensureProject(store: Store, root: string, world: Pick<World, "env">): void {
  failingAsEnsure(() => {
    makeStoreFolder(store);
    if (readRegularFile(pathOf(store)) !== undefined) return;
    createFile(store, pathOf(store), textOf({ id: derivedId(root, world), created: now(store) }), FILE_MODE);
  });
}

/** Gives the project another id and keeps its time of creation. Throws `ensure project: <reason>`. */
export function renameProject(store: Store, id: string): void {
  failingAsEnsure(() => {
    makeStoreFolder(store);
    const created = readProject(store)?.created || now(store);
    replaceFile(store, pathOf(store), textOf({ id, created }), FILE_MODE);
  });
}

const now = (store: Store): string => formatTimeMillis(store.now());

function failingAsEnsure(work: () => void): void {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof ForgeError) throw thrown;
    throw operationFailed(`ensure project: ${systemReason(thrown)}`, { cause: thrown });
  }
}

function derivedId(root: string, { env }: Pick<World, "env">): string {
  const named = env.FMAIL_PROJECT?.trim();
  if (named) return named;
  const source = remoteOf(root) || basename(root);
  if (source === "") throw invalid(`invalid project root: ${root}`);
  return `proj-${new Bun.CryptoHasher("sha256").update(source).digest("hex").slice(0, 12)}`;
}

/** The address that the repository was cloned from; empty without one, and without git. */
function remoteOf(root: string): string {
  try {
    const { stdout } = Bun.spawnSync(["git", "config", "--get", "remote.origin.url"], {
      cwd: root,
      stdin: "ignore",
      stderr: "ignore",
    });
    return stdout.toString().trim();
  } catch {
    return "";
  }
}
