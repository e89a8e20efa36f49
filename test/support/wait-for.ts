export interface Waiting {
  /** Completes "waited 10000 ms for ...". */
  readonly what: string;
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

type Falsy = undefined | null | false | 0 | "";

/**
 * Asks until the answer is truthy and returns it. Throws when that takes longer than the timeout (10 s when not given);
 * what the condition throws is not caught.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { what, timeoutMs = 10_000, everyMs = 10 }: Waiting,
): Promise<Exclude<T, Falsy>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await condition();
    // The compiler does not narrow a type parameter by truthiness.
    if (answer) return answer as Exclude<T, Falsy>;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await Bun.sleep(everyMs);
  }
}
