import { type Entry, findEntry } from "../console/command.ts";
import { printable } from "../console/printable.ts";
import { type Failure, UnknownCommand } from "../console/program.ts";
import { writeAll } from "../console/write.ts";
import type { AnyModule } from "./invocation.ts";
import { globalFlags, rootFlags } from "./registry/global-flags.ts";
import { registry } from "./registry/registry.ts";
import { UsageError } from "./usage-error.ts";

const RUNTIME_FAILURE = 1;
const WRONG_USAGE = 2;

/**
 * Prints a failure and gives the exit code (spec/50 section 6). `wasCalled`: the command had begun, so that only what it
 * calls a usage error is one.
 */
export async function report(failure: Failure<AnyModule>, wasCalled: boolean): Promise<number> {
  const { error, words } = failure;
  const isUnknown = error instanceof UnknownCommand;
  const isUsage = error instanceof UsageError || !(wasCalled || isUnknown);
  const more = isUsage ? `\n${await usageFor(words)}` : isUnknown ? suggested(failure.suggestions) : "";
  writeAll(2, `Error: ${printable(error.message)}\n${more}`);
  return isUsage ? WRONG_USAGE : RUNTIME_FAILURE;
}

/** The commands that may have been meant; an alias is nearer to other words than its command is. */
function suggested(near: readonly string[]): string {
  const names = near.filter((name) => registry.commands.some((command) => command.name === name));
  return names.length === 0 ? "" : `\nDid you mean this?\n${names.map((name) => `\t${name}\n`).join("")}`;
}

/** The usage of the command that a line means, also of a line that could not be read to its end. */
async function usageFor(words: readonly string[]): Promise<string> {
  const { usageText } = await import("../console/help.ts");
  const entry = namedEntry(words);
  return entry === undefined
    ? usageText(registry, registry.name, { ...globalFlags, ...rootFlags })
    : usageText(entry, `${registry.name} ${entry.name}`, globalFlags);
}

function namedEntry(words: readonly string[]): Entry<AnyModule> | undefined {
  const name = words.find((word) => !word.startsWith("-"));
  return name === undefined ? undefined : findEntry(registry.commands, name);
}
