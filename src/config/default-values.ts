import type { AnySection } from "./key.ts";
import { CONFIG_KEYS } from "./keys.ts";

/**
 * The default of every key, nested as the keys are. Called as a macro by the loader: it runs when Forge is built, so that
 * a command does not evaluate the whole table of keys at its start.
 */
export const defaultValues = (): Record<string, unknown> => defaultsOf(CONFIG_KEYS);

const defaultsOf = ({ entries }: AnySection): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [
      name,
      entry.kind === "section" ? defaultsOf(entry) : entry.default,
    ]),
  );
