import { ForgeError } from "../../src/core/errors.ts";

/** The ForgeError that a call throws; anything else is a failure of the test. */
export function errorOf(call: () => unknown): ForgeError {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof ForgeError) return thrown;
    throw new Error(`expected a ForgeError, got ${thrown}`);
  }
  throw new Error("expected a ForgeError, but the call went through");
}
