import { globalFlags, rootFlags } from "../src/cli/globals.ts";
import { registryFor } from "../src/cli/registry/registry.ts";
import { type Entry, type Group, visibleCommands } from "../src/console/command.ts";
import { type Flag, type Flags, flagNames, shownDefault } from "../src/console/flags.ts";
import {
  globalFlags as mailGlobalFlags,
  rootFlags as mailRootFlags,
} from "../src/fmail/registry/global-flags.ts";
import { registry as mail } from "../src/fmail/registry/registry.ts";

/** The line of docs/cli.md below which everything is written by `npm run docs:cli`. */
const MARKER = "<!-- Written by `npm run docs:cli` from the command registry. Edit above this line only. -->";

/** The page with its reference part written anew; `page` is its text so far. Throws when the marker is missing. */
export async function withReference(page: string): Promise<string> {
  const end = page.indexOf(MARKER);
  if (end < 0) throw new Error(`docs/cli.md has lost its line ${MARKER}`);
  return `${page.slice(0, end)}${MARKER}\n\n${await cliReference()}`;
}

/** Every visible command and flag of both programs, as markdown. */
async function cliReference(): Promise<string> {
  return [
    ...programSection(await registryFor([]), { ...globalFlags, ...rootFlags }),
    ...programSection(mail, { ...mailGlobalFlags, ...mailRootFlags }),
  ].join("\n");
}

function programSection(root: Group, flags: Flags): string[] {
  return [
    `## ${root.name}`,
    "",
    `Every command of \`${root.name}\` takes these flags:`,
    "",
    ...flagTable(flags),
    ...visibleCommands(root.commands).flatMap((entry) => entrySection(entry, root.name)),
  ];
}

function entrySection(entry: Entry, parent: string): string[] {
  const path = `${parent} ${entry.name}`;
  if (entry.kind === "group") {
    const { default: main } = entry;
    const heading = [`### ${path}`, "", markdown(entry.description ?? entry.summary), ...aliasLine(entry)];
    if (main !== undefined) heading.push("", `Without a further word it means \`${path} ${main}\`.`);
    return [...heading, "", ...visibleCommands(entry.commands).flatMap((inner) => entrySection(inner, path))];
  }
  const usage = [path, entry.arity.usage, "[flags]"].filter((word) => word !== "").join(" ");
  const level = parent.includes(" ") ? "####" : "###";
  return [
    `${level} ${path}`,
    "",
    markdown(entry.description ?? entry.summary),
    ...aliasLine(entry),
    "",
    "```",
    usage,
    "```",
    "",
    ...flagTable(entry.flags),
  ];
}

const aliasLine = ({ aliases = [] }: Entry): string[] =>
  aliases.length > 0 ? ["", `Also: ${aliases.map((alias) => `\`${alias}\``).join(", ")}.`] : [];

function flagTable(flags: Flags): string[] {
  const visible = Object.entries(flags)
    .filter(([, { hidden }]) => !hidden)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (visible.length === 0) return [];
  return ["| flag | |", "|---|---|", ...visible.map(([name, flag]) => flagRow(name, flag)), ""];
}

const flagRow = (name: string, flag: Flag): string =>
  `| \`${flagNames(name, flag)}\` | ${markdown(`${flag.help}${shownDefault(flag)}`)}${flag.required ? "; required" : ""} |`;

/** Plain text as it stands: what markdown would take for its own is escaped. */
const markdown = (text: string): string =>
  text
    .replaceAll(/[\\`*_<>|[\]]/g, "\\$&")
    .split("\n")
    .join("  \n");
