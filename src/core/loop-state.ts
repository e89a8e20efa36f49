export const LOOP_STATES = ["running", "sleeping", "waiting", "stopped", "error"] as const;
export type LoopState = (typeof LOOP_STATES)[number];

const RESTING: readonly LoopState[] = ["stopped", "error"];

/** Whether a loop runs, sleeps or waits, by its row. */
export const isActive = ({ state }: { readonly state: LoopState }): boolean => !RESTING.includes(state);
