import { shellWords, withoutComment } from "./shell-words.ts";

/** A shell alias, as a line such as `alias oc1='opencode --quiet'` defines it (spec/30 section 5.3). */
export interface Alias {
  readonly name: string;
  readonly command: string;
}

/** The alias that a line defines, in the form of POSIX shells or of fish; undefined for any other line. */
export function parseAlias(line: string): Alias | undefined {
  const [, definition] = /^alias\s+(.+)$/s.exec(withoutComment(line.trim())) ?? [];
  if (definition === undefined) return undefined;
  const [, name, text] = /^([^\s=]+)(?:=|\s+)(.*)$/s.exec(definition) ?? [];
  if (name === undefined || text === undefined || name.startsWith("-")) return undefined;
  const command = unquoted(text.trim());
  return command === "" ? undefined : { name, command };
}

/** One quoted word is what it holds; anything else stays as it is written. */
function unquoted(text: string): string {
  const [word, ...more] = shellWords(text);
  return /^['"]/.test(text) && word !== undefined && more.length === 0 ? word.trim() : text;
}

/** Every alias of some files, given by their texts. The first definition of a name counts. */
export function parseAliases(texts: readonly string[]): Map<string, Alias> {
  const aliases = new Map<string, Alias>();
  for (const line of texts.flatMap((text) => text.split("\n"))) {
    const alias = parseAlias(line);
    if (alias && !aliases.has(alias.name)) aliases.set(alias.name, alias);
  }
  return aliases;
}
