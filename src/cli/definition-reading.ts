import { type DefinitionKind, type Found, findDefinition, listDefinitions } from "../config/definitions.ts";
import { printable } from "../console/printable.ts";
import { table } from "../console/table.ts";
import { definitionFolders } from "./definition-folders.ts";
import { hasTag } from "./definition-text.ts";
import type { Invocation, Run } from "./invocation.ts";
import type { definitionLsFlags } from "./registry/definitions.ts";

interface Definition {
  readonly name: string;
  readonly tags: readonly string[];
}

/** How the definitions of a kind are shown. */
interface DefinitionView<Value> {
  readonly header: readonly string[];
  readonly row: (found: Found<Value>) => readonly string[];
  readonly json: (value: Value, source: string) => unknown;
  /** The block of one definition, safe for a terminal. */
  readonly text: (found: Found<Value>) => string;
}

/** The definition of a name; throws `<noun> "<name>" not found`. */
export const namedDefinition = <Value extends Definition>(
  kind: DefinitionKind<Value>,
  invocation: Pick<Invocation, "config" | "world" | "out">,
  name: string,
): Promise<Found<Value>> => findDefinition(kind, definitionFolders(invocation, kind), name);

/** The verbs that list and show definitions, wherever they come from. */
export const readingVerbs = <Value extends Definition>(
  kind: DefinitionKind<Value>,
  view: DefinitionView<Value>,
): { ls: Run<typeof definitionLsFlags>; show: Run<Record<never, never>> } => ({
  ls: async (invocation) => {
    const { flags, out } = invocation;
    const all = await listDefinitions(kind, definitionFolders(invocation, kind));
    const shown = all.filter(({ value }) => hasTag(value, flags.tags));
    if (out.isJson) return out.jsonList(shown.map(({ value, source }) => view.json(value, source)));
    if (shown.length === 0) return out.line(`No ${kind.noun}s found`);
    out.write(
      table(
        view.header,
        shown.map((found) => view.row(found).map(printable)),
      ),
    );
  },

  show: async (invocation) => {
    const {
      args: [name = ""],
      out,
    } = invocation;
    const found = await namedDefinition(kind, invocation, name);
    if (out.isJson) out.json(view.json(found.value, found.source));
    else out.write(view.text(found));
  },
});
