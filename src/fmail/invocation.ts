import type { Command } from "../console/command.ts";
import type { Flags } from "../console/flags.ts";
import {
  type BaseInvocation,
  type CommandModule,
  type Description,
  describeCommand,
} from "../console/invocation.ts";

/** All that a command of fmail is given. */
export type Invocation<F extends Flags = Flags> = BaseInvocation<F>;

/** What the module of a command exports: `export const run: Run<typeof sendFlags> = ...`. */
export type Run<F extends Flags> = (invocation: Invocation<F>) => void | Promise<void>;

/** The module of any command, as the dispatcher calls it. */
export type AnyModule = CommandModule<Invocation>;

/** Describes a command for the registry. */
export const command = <F extends Flags>(description: Description<F, Invocation<F>>): Command<AnyModule> =>
  describeCommand(description);
