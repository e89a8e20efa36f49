import { statSync } from "node:fs";
import type { Milliseconds } from "../core/duration.ts";

/** A new executable that does not even say its version within this time is not taken. */
const ANSWERS_WITHIN_MS: Milliseconds = 5000;

/** The file of the running program, and whether another one has taken its place (spec/10 section 15.2). */
export class Executable {
  readonly path: string;
  readonly #started: string | undefined;
  /** The last replacement that did not work: it is tried once. */
  #broken: string | undefined;

  constructor(path: string) {
    this.path = path;
    this.#started = identityOf(path);
  }

  /** Whether a program that works has replaced the running one. */
  async isReplaced(): Promise<boolean> {
    const found = identityOf(this.path);
    // Gone for a moment while it is being replaced, or for good: then this one goes on.
    if (found === undefined || found === this.#started || found === this.#broken) return false;
    const works = await saysItsVersion(this.path);
    if (!works) this.#broken = found;
    return works;
  }
}

function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && [found.dev, found.ino, found.size, found.mtimeMs].join(" ");
}

async function saysItsVersion(path: string): Promise<boolean> {
  try {
    const child = Bun.spawn([path, "--version"], {
      stdio: ["ignore", "ignore", "ignore"],
      timeout: ANSWERS_WITHIN_MS,
    });
    return (await child.exited) === 0;
  } catch {
    return false;
  }
}
