import { getPrompt } from "../../config/registered-prompts.ts";
import { printable } from "../../console/printable.ts";
import { invalid, operationFailed } from "../../core/errors.ts";
import { parsePromptName } from "../../core/prompt-name.ts";
import type { World } from "../../core/world.ts";
import type { Run } from "../invocation.ts";

export const run: Run<Record<never, never>> = ({ args: [word = ""], world, out }) => {
  const { name, path } = getPrompt(world.cwd, parsePromptName(word));
  edit(path, editorOf(world), world);
  out.done(`Prompt "${printable(name)}" updated`, { path, prompt: name });
};

/** As it stands in the environment: it may hold arguments. Throws where nobody could use an editor. */
function editorOf({ env, isTerminal }: World): string {
  const named = env.EDITOR?.trim() || env.VISUAL?.trim();
  if (named) return named;
  if (isTerminal(0) && isTerminal(1)) return "vi";
  throw invalid("an editor is required: set EDITOR", { hint: "export EDITOR=vi" });
}

function edit(path: string, editor: string, { env, cwd }: World): void {
  // The shell splits the variable as people write it, with quotes; the path never passes through it.
  const { exitCode, signalCode } = Bun.spawnSync(["/bin/sh", "-c", `${editor} "$1"`, "sh", path], {
    cwd,
    env: { ...env },
    stdio: ["inherit", "inherit", "inherit"],
  });
  if (exitCode === 0) return;
  throw operationFailed(
    `failed to edit prompt: editor ended with ${signalCode ?? `exit status ${exitCode}`}`,
  );
}
