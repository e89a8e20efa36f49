/** One of the commands that are compared. */
export interface Contestant {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** By contestant: the shortest time in milliseconds that it took from its start to its end. */
export type Minima<Name extends string> = Readonly<Record<Name, number>>;

/**
 * Runs every contestant once per round, in turn, so that a slow moment of the machine meets all of them alike, and keeps
 * the minimum of each: the time that the work itself needs. Throws when one does not exit with 0.
 */
export function interleavedMinima<Name extends string>(
  contestants: Readonly<Record<Name, Contestant>>,
  rounds: number,
): Minima<Name> {
  // Object.entries forgets that the keys are the names.
  const entries = Object.entries(contestants) as [Name, Contestant][];
  const minima = new Map<Name, number>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, contestant] of entries)
      minima.set(name, Math.min(minima.get(name) ?? Number.POSITIVE_INFINITY, timeOnce(contestant)));
  }
  return Object.fromEntries(minima) as Minima<Name>;
}

function timeOnce({ command, cwd, env }: Contestant): number {
  const start = Bun.nanoseconds();
  // Into a pipe, as scripts and agents read it; /dev/null would be asked whether it is a terminal.
  const { exitCode } = Bun.spawnSync([...command], { cwd, env, stdio: ["ignore", "pipe", "ignore"] });
  const taken = (Bun.nanoseconds() - start) / 1e6;
  if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}`);
  return taken;
}
