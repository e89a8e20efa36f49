import { getPrompt } from "../../config/registered-prompts.ts";
import { printable } from "../../console/printable.ts";
import { invalid } from "../../core/errors.ts";
import { parsePromptName } from "../../core/prompt-name.ts";
import { editFile, editorOf } from "../editor.ts";
import type { Run } from "../invocation.ts";

export const run: Run<Record<never, never>> = ({ args: [word = ""], world, out }) => {
  const { name, path } = getPrompt(world.cwd, parsePromptName(word));
  const editor = editorOf(world);
  if (editor === undefined) throw invalid("an editor is required: set EDITOR", { hint: "export EDITOR=vi" });
  editFile(path, editor, "prompt", world);
  out.done(`Prompt "${printable(name)}" updated`, { path, prompt: name });
};
