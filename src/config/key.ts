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

/** Keys below a common name. */
export interface Section<Entries extends Record<string, Entry>> {
  readonly kind: "section";
  readonly help: string;
  readonly entries: Entries;
}

export type Entry = ScalarKey<unknown> | ListKey<unknown> | Section<Record<string, Entry>>;

/** Reads the value of another key by its full name. */
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

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** The values of an entry: nested as the keys are, names in camel case. */
export type ValuesOf<E> =
  E extends Section<infer Entries>
    ? { readonly [Name in keyof Entries & string as CamelCase<Name>]: ValuesOf<Entries[Name]> }
    : E extends ScalarKey<infer Value>
      ? Value
      : E extends ListKey<infer Element>
        ? readonly Element[]
        : never;

export const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Every key below a section with its full name, `mail.relay.enabled`, in the order in which they stand. */
export function keysOf({ entries }: Section<Record<string, Entry>>, prefix = ""): NamedKey[] {
  return Object.entries(entries).flatMap(([part, entry]) => {
    const name = `${prefix}${part}`;
    return entry.kind === "section" ? keysOf(entry, `${name}.`) : [{ name, key: entry }];
  });
}

export interface NamedKey {
  readonly name: string;
  readonly key: ScalarKey<unknown> | ListKey<unknown>;
}

/** The environment variables that set a key; the first that is not empty counts. */
export function environmentNames(name: string, { env, legacyEnv }: ScalarKey<unknown>): readonly string[] {
  if (env) return env;
  const suffix = name.toUpperCase().replaceAll(".", "_");
  return legacyEnv ? [`FORGE_${suffix}`, `SWARM_${suffix}`] : [`FORGE_${suffix}`];
}
