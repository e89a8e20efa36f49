import { camelCase, type Entry, keysOf, type NamedKey, type ScalarKey, type Section } from "./key.ts";
import { CONFIG_KEYS } from "./keys.ts";
import type { Problem } from "./problem.ts";

/** Where the value of a key comes from. */
export type Source = "default" | "file" | "env" | "flag";

export const NAMED_KEYS: readonly NamedKey[] = keysOf(CONFIG_KEYS);

/** The values of all keys by full name while they are being put together, later sources over earlier ones. */
export class Values {
  readonly #values = new Map<string, unknown>(NAMED_KEYS.map(({ name, key }) => [name, key.default]));
  /** Keys that are not set have no entry. */
  readonly sources = new Map<string, Source>();

  readonly get = (name: string): unknown => this.#values.get(name);

  list(name: string): readonly unknown[] {
    const value = this.get(name);
    return Array.isArray(value) ? value : [];
  }

  setDefault(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  set(name: string, value: unknown, source: Source): void {
    this.#values.set(name, value);
    this.sources.set(name, source);
  }

  /** Gives keys that follow another one, and are not set, its value. */
  follow(): void {
    for (const { name, key } of NAMED_KEYS) {
      if (key.kind === "scalar" && key.follows !== undefined && !this.sources.has(name))
        this.setDefault(name, this.get(key.follows));
    }
  }

  /** The first thing that is wrong, in the order of the keys; `listProblem` looks at the lists. */
  firstProblem(listProblem: (name: string) => Problem | undefined): FoundProblem | undefined {
    for (const { name, key } of NAMED_KEYS) {
      const problem = key.kind === "list" ? listProblem(name) : this.#scalarProblem(name, key);
      if (problem) return { name, key, problem };
    }
    return undefined;
  }

  #scalarProblem(name: string, key: ScalarKey<unknown>): Problem | undefined {
    const message = key.check?.(this.get(name), name, this.get);
    return message === undefined ? undefined : { at: name.split("."), message };
  }

  /** The values, nested as the keys are, names in camel case. */
  nested(section: Section<Record<string, Entry>> = CONFIG_KEYS, prefix = ""): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(section.entries).map(([part, entry]) => {
        const name = `${prefix}${part}`;
        const value = entry.kind === "section" ? this.nested(entry, `${name}.`) : this.get(name);
        return [camelCase(part), value];
      }),
    );
  }
}

interface FoundProblem extends NamedKey {
  readonly problem: Problem;
}
