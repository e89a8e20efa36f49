import { type Entry, type Group, visibleCommands } from "./command.ts";
import { type Flag, type Flags, flagNames, shownDefault } from "./flags.ts";

const NAME_WIDTH = 11;

/** The help text of a command or group, in the layout of spec/20 section 4.1. Ends with a newline. */
export const helpText = (entry: Entry, commandPath: string, globalFlags: Flags): string =>
  `${entry.description ?? entry.summary}\n\n${usageText(entry, commandPath, globalFlags)}`;

/** The help text without its description: what some programs print below a usage error. */
export function usageText(entry: Entry, commandPath: string, globalFlags: Flags): string {
  const localFlags = { ...entry.flags, help: helpFlag(entry.name) };
  const isRoot = commandPath === entry.name;
  const sections = [
    `Usage:\n${usageLines(entry, commandPath)}`,
    ...(entry.aliases?.length ? [`Aliases:\n  ${[entry.name, ...entry.aliases].join(", ")}`] : []),
    ...(entry.kind === "group" ? [`Available Commands:\n${commandLines(entry)}`] : []),
    ...(isRoot
      ? [`Flags:\n${flagLines({ ...globalFlags, help: helpFlag(entry.name) })}`]
      : [`Flags:\n${flagLines(localFlags)}`, `Global Flags:\n${flagLines(globalFlags)}`]),
    ...(entry.kind === "group"
      ? [`Use "${commandPath} [command] --help" for more information about a command.`]
      : []),
  ];
  return `${sections.join("\n\n")}\n`;
}

const helpFlag = (name: string): Flag<boolean> => ({
  type: "bool",
  short: "h",
  help: `help for ${name}`,
  default: false,
});

function usageLines(entry: Entry, commandPath: string): string {
  if (entry.kind === "group") return `  ${commandPath} [command]`;
  const words = [commandPath, entry.arity.usage, "[flags]"];
  return `  ${words.filter((word) => word !== "").join(" ")}`;
}

function commandLines(group: Group): string {
  const visible = visibleCommands(group.commands);
  const width = Math.max(NAME_WIDTH, ...visible.map((entry) => entry.name.length));
  return visible.map((entry) => `  ${entry.name.padEnd(width)} ${entry.summary}`).join("\n");
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

function flagLines(flags: Flags): string {
  const rows = Object.entries(flags)
    .filter(([, flag]) => !flag.hidden)
    .map(([name, flag]) => ({
      name,
      left: `${flag.short === undefined ? "      " : "  "}${flagNames(name, flag)}`,
      right: `${flag.help}${shownDefault(flag)}`,
    }))
    .toSorted(byName);
  const width = Math.max(...rows.map(({ left }) => left.length));
  return rows.map(({ left, right }) => `${left.padEnd(width)}   ${right}`.trimEnd()).join("\n");
}
