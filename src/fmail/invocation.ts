import type { Command } from "../console/command.ts";
import type { Flags, FlagValues } from "../console/flags.ts";
import type { Output } from "../console/output.ts";
import type { World } from "../core/world.ts";

/** All that a command is given: what was typed, where it runs, and where its answer goes. */
export interface Invocation<F extends Flags = Flags> {
  readonly flags: FlagValues<F>;
  /** Names of the flags that stand on the command line, defaults not among them. */
  readonly given: ReadonlySet<string>;
  readonly args: readonly string[];
  readonly world: World;
  readonly out: Output;
}

/** What the module of a command exports: `export const run: Run<typeof sendFlags> = ...`. */
export type Run<F extends Flags> = (invocation: Invocation<F>) => void | Promise<void>;

export interface CommandModule<F extends Flags> {
  readonly run: Run<F>;
}

type Description<F extends Flags> = Omit<Command, "kind" | "load" | "flags"> & {
  readonly flags: F;
  readonly load: () => Promise<CommandModule<F>>;
};

/** The module of any command, as the dispatcher calls it. */
export type AnyModule = CommandModule<Flags>;

/** Describes a command for the registry; the compiler holds its module's `run` against its flags. */
export function command<F extends Flags>(description: Description<F>): Command<AnyModule> {
  // The dispatcher passes exactly the values that these flags produced, so the narrower `run` may stand for the wide one.
  return { kind: "command", ...description } as unknown as Command<AnyModule>;
}
