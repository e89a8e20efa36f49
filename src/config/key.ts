import type { Form } from "./forms.ts";

/**
 * A key of `config.yaml` with one value. All that Forge knows about a key stands in its description: the loader, the
 * environment names, validation, the template of `config init`, `config show` and the documentation read it.
 */
export interface ScalarKey<Value> {
  readonly kind: "scalar";
  readonly form: Form<Value>;
  readonly default: Value;
  /** One line. */
  readonly help: string;
  /** What is wrong with a value, as a whole message; undefined when it is fine. */
  check?(value: Value, name: string, others: OtherValues): string | undefined;
  /** Environment variables in order, where they are not just `FORGE_<KEY>`. */
  readonly env?: readonly string[];
  /** Also read from `SWARM_<KEY>`, the name of an earlier generation. */
  readonly legacyEnv?: boolean;
  /** When it is not set, the value of this key stands for the default. */
  readonly follows?: string;
  /** Shown as `***`. */
  readonly secret?: boolean;
}

/** A key that holds a list. Its elements are read and checked by `lists/`, which is loaded only where a file exists. */
export interface ListKey<Element> {
  readonly kind: "list";
  readonly default: readonly Element[];
  readonly help: string;
}

/** Keys below a common name; they stand in the table in camel case, and in the file in snake case. */
export interface Section<Entries extends Record<string, Entry>> {
  readonly kind: "section";
  readonly help: string;
  readonly entries: Entries;
}

export type Entry = ScalarKey<unknown> | ListKey<unknown> | AnySection;
export type AnySection = Section<Record<string, Entry>>;

/** Reads the value of another key by its full name, `event_retention.enabled`. */
export type OtherValues = (name: string) => unknown;

type Extras<Value> = Omit<ScalarKey<Value>, "kind" | "form" | "default" | "help">;

export const scalar = <Value>(
  form: Form<Value>,
  value: Value,
  help: string,
  extras: Extras<Value> = {},
): ScalarKey<Value> => ({ kind: "scalar", form, default: value, help, ...extras });

export const list = <Element>(help: string): ListKey<Element> => ({ kind: "list", default: [], help });

export const section = <Entries extends Record<string, Entry>>(
  help: string,
  entries: Entries,
): Section<Entries> => ({ kind: "section", help, entries });

/** The values of an entry, nested as the keys are. */
export type ValuesOf<E> =
  E extends Section<infer Entries>
    ? { readonly [Name in keyof Entries]: ValuesOf<Entries[Name]> }
    : E extends ScalarKey<infer Value>
      ? Value
      : E extends ListKey<infer Element>
        ? readonly Element[]
        : never;

/** `data_dir` of the name in the table, `dataDir`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The name in the table of `data_dir`. */
export const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Every key below a section, in the order in which they stand. */
export function keysOf({ entries }: AnySection, prefix = ""): NamedKey[] {
  return Object.entries(entries).flatMap(([part, entry]) => {
    const name = `${prefix}${snakeCase(part)}`;
    return entry.kind === "section" ? keysOf(entry, `${name}.`) : [{ name, key: entry }];
  });
}

export interface NamedKey {
  /** As in the file, with the sections before it: `mail.relay.dial_timeout`. */
  readonly name: string;
  readonly key: ScalarKey<unknown> | ListKey<unknown>;
}

/** The environment variables that set a key; the first that is not empty counts. */
export function environmentNames(name: string, { env, legacyEnv }: ScalarKey<unknown>): readonly string[] {
  if (env) return env;
  const suffix = name.toUpperCase().replaceAll(".", "_");
  return legacyEnv ? [`FORGE_${suffix}`, `SWARM_${suffix}`] : [`FORGE_${suffix}`];
}
