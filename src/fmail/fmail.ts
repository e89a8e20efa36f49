import type { Command } from "../console/command.ts";
import { Output } from "../console/output.ts";
import type { ParsedLine } from "../console/parse.ts";
import { type Program, runProgram } from "../console/program.ts";
import { VERSION } from "../console/version.ts";
import { operationFailed } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { errorCode, systemReason } from "../mail/system-error.ts";
import type { AnyModule } from "./invocation.ts";
import { globalFlags, rootFlags } from "./registry/global-flags.ts";
import { registry } from "./registry/registry.ts";
import { UsageError } from "./usage-error.ts";

/**
 * The command of agent mail: `registry/` describes its commands and `commands/` does them, on what `src/mail/` keeps. Nothing
 * here knows loops, runs or the database.
 *
 * Runs one fmail command line and returns its exit code.
 */
export async function fmail(words: readonly string[], world: World): Promise<number> {
  const output = new Output({ format: "text", quiet: false, color: false });
  if (asksForRobotHelp(words)) {
    output.write(await robotHelp());
    return 0;
  }
  let wasCalled = false;
  const program: Program<AnyModule> = {
    grammar: { root: registry, globalFlags, rootFlags },
    output: () => output,
    versionLine: async () => `fmail version ${VERSION}`,
    robotHelp,
    unknownCommandMessage: (word) => `unknown command ${JSON.stringify(word)} for "fmail"`,
    checkUsage: checkArity,
    async call(command, line, out) {
      wasCalled = true;
      const module = await command.load();
      try {
        await module.run({ flags: line.local, given: line.given, args: line.positionals, world, out });
      } catch (thrown) {
        throw errorCode(thrown) === undefined ? thrown : operationFailed(systemReason(thrown));
      }
    },
    report: async (failure) => (await import("./report.ts")).report(failure, wasCalled),
  };
  return runProgram(words, program);
}

/** Wins over everything else on the line, also over what is wrong with it (spec/50 section 7.11). */
function asksForRobotHelp(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  const flags = end < 0 ? words : words.slice(0, end);
  return flags.some((word) => word === "--robot-help" || word.startsWith("--robot-help="));
}

const robotHelp = async (): Promise<string> => (await import("./robot-help.ts")).robotHelp(VERSION);

function checkArity({ arity: { min, max } }: Command<AnyModule>, line: ParsedLine<AnyModule>): void {
  const count = line.positionals.length;
  if (count >= min && count <= max) return;
  const range =
    max === Number.POSITIVE_INFINITY ? `at least ${min}` : min === 0 ? `at most ${max}` : `${min}-${max}`;
  throw new UsageError(`expected ${min === max && min > 0 ? min : range} args, got ${count}`);
}
