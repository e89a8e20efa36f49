let stored = 0;

/** Counts an event that this process has stored; one whose transaction was taken back counts too. */
export function countStoredEvent(): void {
  stored++;
}

/** Whether this process may have stored an event. In a file of its own: every command asks when it ends. */
export const hasStoredEvents = (): boolean => stored > 0;
