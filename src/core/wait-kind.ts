/** Kinds of waits that a person ends, or the end of a budget's period (spec/15 section 4.1). */
const FOR_SOMEBODY: readonly string[] = ["parked", "budget", "blocked"];

/** Whether a loop that waits for this reason would not go on for a long time without anybody's doing. */
export const waitsForSomebody = (kind: string | undefined): boolean =>
  kind !== undefined && FOR_SOMEBODY.includes(kind);

/** Why a loop waits, as its row in `fx_loops` keeps it. */
export interface WaitReason {
  readonly kind: string;
  /** Of a blocked loop the agent's own words. */
  readonly reason?: string | undefined;
}

/** Why a loop waits, in words that can stand alone; undefined where nobody has written them down. */
export function waitReasonText({ kind, reason }: WaitReason): string | undefined {
  if (kind !== "blocked") return reason;
  return reason === undefined ? kind : `${kind}: ${reason}`;
}
