import { invalid } from "./errors.ts";
import { isBlank } from "./validation.ts";

/**
 * The name of a registered prompt as it is typed, without an ending `.md`. It names a file in one folder and must not lead
 * out of it. Throws `invalid prompt name "<name>"`.
 */
export function parsePromptName(word: string): string {
  const name = word.replace(/\.md$/i, "");
  if (isBlank(name) || name.includes("..") || /[/\\\0]/.test(name))
    throw invalid(`invalid prompt name ${JSON.stringify(word)}`);
  return name;
}
