/** Lets timers, signals and file events of the event loop have their turn, in the midst of work that never waits. */
export const turnOfOthers = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
