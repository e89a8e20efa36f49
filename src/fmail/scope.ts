import { parseTarget, sameTarget, type Target } from "../mail/rules/target.ts";

/** Which boxes a command looks at: the one that was named, else all topics. Throws `invalid target ...`. */
export function parseScope(typed: string | undefined): (target: Target) => boolean {
  if (typed === undefined) return ({ kind }) => kind === "topic";
  const named = parseTarget(typed);
  return (target) => sameTarget(target, named);
}
