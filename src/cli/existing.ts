import { ForgeError } from "../core/errors.ts";

/** What `find` finds; what is not there is exit code 2, so that scripts tell it from a condition that is not met. */
export function existing<Found>(find: () => Found): Found {
  try {
    return find();
  } catch (thrown) {
    if (!(thrown instanceof ForgeError) || thrown.kind !== "not_found") throw thrown;
    const { kind, message, hint, details } = thrown;
    throw new ForgeError(kind, message, { hint, details, exit: 2, cause: thrown });
  }
}
