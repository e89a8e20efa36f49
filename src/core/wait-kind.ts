/** Kinds of waits that a person ends, or the end of a budget's period (spec/15 section 4.1). */
const FOR_SOMEBODY: readonly string[] = ["parked", "budget", "blocked"];

/** Whether a loop that waits for this reason would not go on for a long time without anybody's doing. */
export const waitsForSomebody = (kind: string | undefined): boolean =>
  kind !== undefined && FOR_SOMEBODY.includes(kind);
