import { type BigIntStats, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { readHooks, writeHooks } from "../../config/hook-file.ts";
import type { Hook } from "../../core/hook.ts";
import { lockForChange } from "../../process/file-lock.ts";

/** Changes the store as its only writer; no new list leaves it as it is. Throws as reading and writing it do. */
export async function changeHooks<T>(
  path: string,
  change: (hooks: readonly Hook[]) => { readonly hooks?: readonly Hook[]; readonly answer: T },
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  using _lock = await lockForChange(`${path}.lock`);
  const { hooks, answer } = change(readHooks(path));
  if (hooks) writeHooks(path, hooks);
  return answer;
}

/** The store as it is at each look; the file is read only when it was changed. */
export class HookStore {
  readonly #path: string;
  #seen: string | undefined;
  #hooks: readonly Hook[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** Those that are enabled. Throws once for each broken form of the file; there are none in it then. */
  enabled(): readonly Hook[] {
    const seen = fingerprint(statSync(this.#path, { bigint: true, throwIfNoEntry: false }));
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#hooks = [];
      this.#hooks = readHooks(this.#path).filter(({ enabled }) => enabled);
    }
    return this.#hooks;
  }
}

const fingerprint = (found: BigIntStats | undefined): string =>
  found ? `${found.ino} ${found.size} ${found.mtimeNs}` : "";
