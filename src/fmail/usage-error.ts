import { ForgeError } from "../core/errors.ts";

/** A line that contradicts itself or its command: told with the usage of the command, exit 2 (spec/50 section 6). */
export class UsageError extends ForgeError {
  constructor(message: string) {
    super("invalid", message, { exit: 2 });
  }
}
