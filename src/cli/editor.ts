import { ForgeError, operationFailed } from "../core/errors.ts";
import type { World } from "../core/world.ts";

/** The editor as it stands in the environment: it may hold arguments. Undefined where nobody could use one. */
export function editorOf({ env, isTerminal }: World): string | undefined {
  const named = env.EDITOR?.trim() || env.VISUAL?.trim();
  if (named) return named;
  return isTerminal(0) && isTerminal(1) ? "vi" : undefined;
}

/** As `editorOf`. Throws `EDITOR is not set (...)`. */
export function requiredEditor(world: World): string {
  const editor = editorOf(world);
  if (editor !== undefined) return editor;
  throw new ForgeError("unknown", "EDITOR is not set (set $EDITOR or use --file/--stdin)", {
    hint: "export EDITOR=vi",
  });
}

/** Has a person edit a file; `noun` says what it is. Throws `failed to edit <noun>: editor ended with ...`. */
export function editFile(path: string, editor: string, noun: string, { env, cwd }: World): void {
  // The shell splits the variable as people write it, with quotes; the path never passes through it.
  const { exitCode, signalCode } = Bun.spawnSync(["/bin/sh", "-c", `${editor} "$1"`, "sh", path], {
    cwd,
    env: { ...env },
    stdio: ["inherit", "inherit", "inherit"],
  });
  if (exitCode === 0) return;
  throw operationFailed(
    `failed to edit ${noun}: editor ended with ${signalCode ?? `exit status ${exitCode}`}`,
  );
}
