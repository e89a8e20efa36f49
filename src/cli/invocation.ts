import type { Config } from "../config/config.ts";
import type { Command } from "../console/command.ts";
import type { Flags } from "../console/flags.ts";
import {
  type BaseInvocation,
  type CommandModule,
  type Description,
  describeCommand,
} from "../console/invocation.ts";
import type { GlobalValues } from "./globals.ts";

/** All that a command of forge is given. */
export interface Invocation<F extends Flags = Flags> extends BaseInvocation<F> {
  readonly global: GlobalValues;
  /** The effective configuration; reading it throws for a command that is described as `withoutConfig`. */
  readonly config: Config;
}

/** What the module of a command exports: `export const run: Run<typeof psFlags> = ...`. */
export type Run<F extends Flags> = (invocation: Invocation<F>) => void | Promise<void>;

/** The module of any command, as the dispatcher calls it. */
export type AnyModule = CommandModule<Invocation>;

/** Describes a command for the registry. */
export const command = <F extends Flags>(description: Description<F, Invocation<F>>): Command<AnyModule> =>
  describeCommand(description);
