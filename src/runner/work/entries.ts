import { lstat, open, readlink } from "node:fs/promises";
import type { Milliseconds } from "../../core/duration.ts";

/** Files looked at side by side: enough to keep the disk busy, few enough to leave others their turn. */
const AT_ONCE = 16;
const BLOCK_BYTES = 256 * 1024;

/** There is more to look at than a run may cost (spec/15 section 7.1). */
export class TooMuchWork extends Error {}

/** How long looking at the work may take, and how many files it may touch. */
export class Effort {
  readonly #deadline: number;
  #files = 0;

  constructor(
    atMost: Milliseconds,
    private readonly mostFiles: number,
  ) {
    this.#deadline = performance.now() + atMost;
  }

  get left(): Milliseconds {
    return Math.max(0, this.#deadline - performance.now());
  }

  /** Throws `TooMuchWork`. */
  check(): void {
    if (this.left === 0) throw new TooMuchWork();
  }

  /** Throws `TooMuchWork`. */
  countFile(): void {
    this.check();
    if (++this.#files > this.mostFiles) throw new TooMuchWork();
  }
}

/**
 * What is at each of the paths, as short texts: the same text again means that nothing has changed there. Files above
 * `largest` bytes are told by size and time. Throws `TooMuchWork`.
 */
export async function describeEntries(
  paths: readonly string[],
  largest: number,
  effort: Effort,
): Promise<string[]> {
  const texts: string[] = [];
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    effort.check();
    const group = paths.slice(at, at + AT_ONCE);
    texts.push(...(await Promise.all(group.map((path) => describeEntry(path, largest, effort)))));
  }
  return texts;
}

async function describeEntry(path: string, largest: number, effort: Effort): Promise<string> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink()) return `link ${await readlink(path)}`;
    if (!found.isFile()) return found.isDirectory() ? "folder" : "other";
    if (found.size > largest) return `large ${found.size} ${found.mtimeMs}`;
    return `file ${await hashOf(path, effort)}`;
  } catch (thrown) {
    if (thrown instanceof TooMuchWork) throw thrown;
    // Gone, or nobody may read it: the same each time.
    return `no ${(thrown as NodeJS.ErrnoException).code}`; // What the file system throws carries a code.
  }
}

/** In blocks, so that a large file holds up nobody else in this process. */
async function hashOf(path: string, effort: Effort): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  await using file = await open(path, "r");
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(block, 0, block.length);
    if (bytesRead === 0) return hash.digest("hex");
    hash.update(block.subarray(0, bytesRead));
    effort.check();
  }
}
