import type { Config, LoadedConfig } from "./config.ts";
import { camelCase, type NamedKey } from "./key.ts";
import { listForm } from "./lists/lists.ts";
import { namedKeys, type Source } from "./values.ts";

/** One key as `forge config show` tells it. Secrets are `***`. */
export interface ShownValue {
  readonly key: string;
  /** A text, number or boolean as it stands in the file; for lists their elements. */
  readonly value: unknown;
  readonly source: Source;
}

/** Every key with the value that counts, sorted by key. */
export const shownValues = ({ config, sources }: LoadedConfig): ShownValue[] =>
  namedKeys()
    .map((named) => ({
      key: named.name,
      value: shownValue(named, keyValue(config, named.name)),
      source: sources.get(named.name) ?? "default",
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));

function shownValue({ name, key }: NamedKey, value: unknown): unknown {
  if (key.kind === "list")
    return Array.isArray(value) ? value.map((element) => listForm(name).show(element)) : [];
  return key.secret && value !== "" ? "***" : key.form.show(value);
}

function keyValue(config: Config, name: string): unknown {
  let value: unknown = config;
  // Sections are objects by the type of the configuration.
  for (const part of name.split(".")) value = (value as Record<string, unknown>)[camelCase(part)];
  return value;
}
