import { invalid } from "./errors.ts";

/**
 * The name of a template or sequence that gets a file. It must not lead out of its folder. Throws
 * `invalid <noun> name "<name>"`.
 */
export function parseDefinitionName(noun: string, word: string): string {
  const name = word.trim();
  if (name === "" || name.startsWith(".") || name.includes("..") || /[/\\\0]/.test(name))
    throw invalid(`invalid ${noun} name ${JSON.stringify(word)}`);
  return name;
}
