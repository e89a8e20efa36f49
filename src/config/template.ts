import { type AnySection, type Entry, type ScalarKey, snakeCase } from "./key.ts";
import { CONFIG_KEYS } from "./keys.ts";

const INTRODUCTION = `\
# Configuration of Forge. Every key is here, commented out, with its default: take away the "#" before a key to set it.
#
# Later wins: defaults, this file, environment, command line. Every key with one value can be set by an environment
# variable named FORGE_ and the key in upper case with "." as "_": logging.level is FORGE_LOGGING_LEVEL. A variable that is
# empty counts as not set.
#
# Durations: 250ms, 30s, 5m, 1h30m. Sizes: 20MB, 256MiB. Paths may begin with ~/.
# forge config validate checks this file; forge config show prints the values that count, and where they come from.
`;

/** What stands above a list: how its elements look. */
const EXAMPLES: Readonly<Record<string, string>> = {
  profiles: `\
# Example:
#   profiles:
#     - name: work
#       harness: claude
#       auth_home: ~/.claude-work
#       command_template: claude -p "$FORGE_PROMPT_CONTENT"
#       max_concurrency: 1
`,
  pools: `\
# Example:
#   pools:
#     - name: main
#       profiles: [work]
#       is_default: true
`,
};

/** The file that \`forge config init\` writes: it sets nothing, and shows every key. */
export function configTemplate(): string {
  const parts = Object.entries(CONFIG_KEYS.entries).map(([name, entry]) => entryLines(name, entry, ""));
  return [INTRODUCTION, ...parts].join("\n");
}

function entryLines(tableName: string, entry: Entry, indent: string): string {
  const name = snakeCase(tableName);
  if (entry.kind === "section") return sectionLines(name, entry, indent);
  const value = entry.kind === "list" ? "[]" : yamlText(entry);
  return `${indent}# ${entry.help}\n${indent ? "" : (EXAMPLES[name] ?? "")}${indent}#${name}: ${value}\n`;
}

/** The name of a section is not commented out, so that a key below it works as soon as its own "#" is gone. */
function sectionLines(name: string, { help, entries }: AnySection, indent: string): string {
  const inner = Object.entries(entries).map(([part, entry]) => entryLines(part, entry, `${indent}  `));
  return `${indent}# ${help}\n${indent}${name}:\n${inner.join("")}`;
}

function yamlText(key: ScalarKey<unknown>): string {
  const plain = key.form.show(key.default);
  return plain === "" ? '""' : String(plain);
}
