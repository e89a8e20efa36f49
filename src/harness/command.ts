import { invalid } from "../core/errors.ts";
import type { Profile } from "../core/profile.ts";

const PROMPT_PLACE = "{prompt}";

/**
 * The command line of a profile: its template and its extra arguments verbatim, so that quoting is the user's. In path
 * mode each `{prompt}` becomes the path, unquoted. Throws `command template is required` and
 * `prompt path is required for path mode`.
 */
export function harnessCommand(
  profile: Pick<Profile, "commandTemplate" | "extraArgs" | "promptMode">,
  promptPath: string | undefined,
): string {
  const template = profile.commandTemplate.trim();
  if (template === "") throw invalid("command template is required");
  const command = [template, ...profile.extraArgs].join(" ");
  if (profile.promptMode !== "path") return command;
  if (!promptPath) throw invalid("prompt path is required for path mode");
  return command.replaceAll(PROMPT_PLACE, () => promptPath);
}
