import { type ForgeError, invalid } from "../core/errors.ts";

/** Where a value stands in the configuration: `["pools", 0, "name"]`. */
export type KeyPath = readonly (string | number)[];

/** `pools[0].name` */
export const keyPathText = (at: KeyPath): string =>
  at
    .map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join("");

/** A value that cannot be used, before it is known in which file or variable it stands. */
export interface Problem {
  readonly at: KeyPath;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Thrown by what reads the file; `config-file.ts` adds the place in the file. */
export class UnreadableValue extends Error {
  readonly problem: Problem;

  constructor(at: KeyPath, reason: string, hint?: string) {
    const message = `failed to unmarshal config: '${keyPathText(at)}' ${reason}`;
    super(message);
    this.problem = { at, message, hint };
  }
}

/** A place in a text file, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The error that every command shows whose configuration cannot be used (spec/30 section 2.1). */
export const loadError = (message: string, hint?: string, details?: Record<string, unknown>): ForgeError =>
  invalid(`Error loading config: ${message}`, { hint, details });
