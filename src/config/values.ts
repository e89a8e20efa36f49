import { camelCase, keysOf, type NamedKey, type ScalarKey } from "./key.ts";
import { CONFIG_KEYS } from "./keys.ts";
import type { Problem } from "./problem.ts";

/** Where the value of a key comes from. */
export type Source = "default" | "file" | "env" | "flag";

interface FoundProblem extends NamedKey {
  readonly problem: Problem;
}

let keys: readonly NamedKey[] | undefined;

/** Every key. Made when first asked for: a command on a machine without a file and variables does not need it. */
export function namedKeys(): readonly NamedKey[] {
  keys ??= keysOf(CONFIG_KEYS);
  return keys;
}

/** The values of all keys while they are being put together, later sources over earlier ones. */
export class Values {
  /** Nested as the keys are. */
  readonly root: Record<string, unknown>;
  /** By full name; keys that are not set have no entry. */
  readonly sources = new Map<string, Source>();

  /** `defaults` holds every key and is changed. */
  constructor(defaults: object) {
    this.root = { ...defaults };
  }

  readonly get = (name: string): unknown => {
    const { holder, last } = this.#find(name);
    return holder[last];
  };

  list(name: string): readonly unknown[] {
    const value = this.get(name);
    return Array.isArray(value) ? value : [];
  }

  #put(name: string, value: unknown): void {
    const { holder, last } = this.#find(name);
    holder[last] = value;
  }

  set(name: string, value: unknown, source: Source): void {
    this.#put(name, value);
    this.sources.set(name, source);
  }

  /** Gives keys that follow another one, and are not set, its value. */
  follow(): void {
    for (const { name, key } of namedKeys()) {
      if (key.kind === "scalar" && key.follows !== undefined && !this.sources.has(name))
        this.#put(name, this.get(key.follows));
    }
  }

  /** The first thing that is wrong, in the order of the keys; `listProblem` looks at the lists. */
  firstProblem(listProblem: (name: string) => Problem | undefined): FoundProblem | undefined {
    for (const { name, key } of namedKeys()) {
      const problem = key.kind === "list" ? listProblem(name) : this.#scalarProblem(name, key);
      if (problem) return { name, key, problem };
    }
    return undefined;
  }

  #scalarProblem(name: string, key: ScalarKey<unknown>): Problem | undefined {
    const message = key.check?.(this.get(name), name, this.get);
    return message === undefined ? undefined : { at: name.split("."), message };
  }

  #find(name: string): { holder: Record<string, unknown>; last: string } {
    const path = name.split(".").map(camelCase);
    const last = path.pop() ?? "";
    let holder = this.root;
    for (const part of path) holder = holder[part] as Record<string, unknown>; // Sections are there from the defaults.
    return { holder, last };
  }
}
