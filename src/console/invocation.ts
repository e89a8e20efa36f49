import type { World } from "../core/world.ts";
import type { Command } from "./command.ts";
import type { Flags, FlagValues } from "./flags.ts";
import type { Output } from "./output.ts";

/** What the commands of every program are given: what was typed, where it runs, and where the answer goes. */
export interface BaseInvocation<F extends Flags> {
  readonly flags: FlagValues<F>;
  /** Names of the command's own flags that stand on the line, defaults not among them. */
  readonly given: ReadonlySet<string>;
  readonly args: readonly string[];
  readonly world: World;
  readonly out: Output;
}

/** What the module of a command exports; `Given` is its program's invocation. */
export interface CommandModule<Given> {
  readonly run: (invocation: Given) => void | Promise<void>;
}

/** A command as a registry describes it; the compiler holds its module's `run` against its flags. */
export type Description<F extends Flags, Given> = Omit<Command, "kind" | "load" | "flags"> & {
  readonly flags: F;
  readonly load: () => Promise<CommandModule<Given>>;
};

/** Makes a described command one that the dispatcher can call. */
export function describeCommand<F extends Flags, Given, AnyModule>(
  description: Description<F, Given>,
): Command<AnyModule> {
  // The dispatcher passes exactly the values that these flags produced, so the narrower `run` may stand for the wide one.
  return { kind: "command", ...description } as unknown as Command<AnyModule>;
}
