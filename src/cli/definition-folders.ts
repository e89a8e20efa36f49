import type { Config } from "../config/config.ts";
import type { DefinitionFolder, DefinitionKind } from "../config/definitions.ts";
import { repoFolder } from "../config/paths.ts";
import { gitRoot } from "../config/project-root.ts";
import type { Output } from "../console/output.ts";
import type { World } from "../core/world.ts";
import { currentWorkspace } from "./current-place.ts";
import { openStore } from "./store-access.ts";

interface Caller {
  readonly config: Config;
  readonly world: World;
  readonly out: Output;
}

type Places = Pick<DefinitionKind<never>, "projectFolder" | "userFolder" | "systemFolder">;

/** Where templates or sequences are looked for, first the project's own (spec/30 section 7). */
export function definitionFolders(caller: Caller, kind: Places): DefinitionFolder[] {
  const workspace = currentWorkspace(caller, openStore(caller, "read"));
  return foldersOf(kind, caller.config, workspace?.repoPath ?? gitRoot(caller.world.cwd));
}

export function foldersOf(kind: Places, config: Config, project: string | undefined): DefinitionFolder[] {
  const folders: DefinitionFolder[] = [
    { path: kind.userFolder(config), origin: "user" },
    { path: kind.systemFolder, origin: "file" },
  ];
  if (project === undefined) return folders;
  return [{ path: repoFolder(project, kind.projectFolder), origin: "project" }, ...folders];
}
