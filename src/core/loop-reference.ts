import { nearNames } from "./edit-distance.ts";
import { type ErrorExtras, ForgeError, invalid, notFound } from "./errors.ts";
import { shownShortId } from "./ids.ts";
import type { Loop } from "./loop.ts";

/** What a loop can be found by. */
export type ReferableLoop = Pick<Loop, "id" | "shortId" | "name">;

/** How many near names an error tells at most. */
const MAX_SUGGESTIONS = 5;

/**
 * The loop that a reference means among the candidates, which are ordered by creation (spec/20 section 5.1): short id in
 * any case, full id, name, then a prefix of short id or id; names have no prefixes. `registered` are all loops there are,
 * where filters made the candidates fewer. Throws `loop name or ID required`, `loop '...' not found...` or
 * `loop '...' is ambiguous...`.
 */
export function resolveLoop<L extends ReferableLoop>(
  reference: string,
  candidates: readonly L[],
  registered: readonly ReferableLoop[] = candidates,
): L {
  const wanted = reference.trim();
  if (wanted === "") throw invalid("loop name or ID required");
  const exact = findExact(wanted, candidates);
  if (exact) return exact;
  const matches = candidates.filter((loop) => hasPrefix(loop, wanted));
  const [match] = matches;
  if (match && matches.length === 1) return match;
  throw match ? ambiguous(wanted, matches) : loopNotFound(wanted, candidates, registered);
}

function findExact<L extends ReferableLoop>(wanted: string, loops: readonly L[]): L | undefined {
  const lowerCased = wanted.toLowerCase();
  return (
    loops.find((loop) => shortIdOf(loop).toLowerCase() === lowerCased) ??
    loops.find((loop) => loop.id === wanted) ??
    loops.find((loop) => loop.name === wanted)
  );
}

const hasPrefix = (loop: ReferableLoop, wanted: string): boolean =>
  shortIdOf(loop).toLowerCase().startsWith(wanted.toLowerCase()) || loop.id.startsWith(wanted);

const shortIdOf = (loop: ReferableLoop): string => shownShortId(loop.shortId, loop.id);

function ambiguous(wanted: string, matches: readonly ReferableLoop[]): ForgeError {
  const sorted = matches.toSorted(byNameThenShortId);
  const labels = sorted.map((loop) => (loop.name ? `${loop.name} (${shortIdOf(loop)})` : shortIdOf(loop)));
  return new ForgeError(
    "ambiguous",
    `loop '${wanted}' is ambiguous; matches: ${labels.join(", ")} (use a longer prefix or full ID)`,
    { details: details(wanted, sorted) },
  );
}

function byNameThenShortId(a: ReferableLoop, b: ReferableLoop): number {
  return compare(a.name.toLowerCase(), b.name.toLowerCase()) || compare(shortIdOf(a), shortIdOf(b));
}

// By code unit: the order must not depend on the locale of the machine.
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function loopNotFound(
  wanted: string,
  candidates: readonly ReferableLoop[],
  registered: readonly ReferableLoop[],
): ForgeError {
  if (registered.length === 0) {
    return notFound(`loop '${wanted}' not found (no loops registered yet)`, { details: details(wanted, []) });
  }
  const [example] = candidates;
  if (!example) return notFound(`loop '${wanted}' not found`, { details: details(wanted, []) });
  const examples = [example.name, shortIdOf(example)]
    .filter((text) => text !== "")
    .map((text) => `'${text}'`);
  return notFound(
    `loop '${wanted}' not found. Example input: ${examples.join(" or ")}`,
    suggestionExtras(wanted, candidates),
  );
}

function suggestionExtras(wanted: string, candidates: readonly ReferableLoop[]): ErrorExtras {
  const byName = new Map(candidates.map((loop) => [loop.name, loop]));
  const near = nearNames(wanted, [...byName.keys()]).slice(0, MAX_SUGGESTIONS);
  const loops = near.map((name) => byName.get(name)).filter((loop) => loop !== undefined);
  return {
    hint: near.length > 0 ? `Did you mean '${near[0]}'?` : undefined,
    details: details(wanted, loops),
  };
}

const details = (wanted: string, loops: readonly ReferableLoop[]) => ({
  resource: "loop",
  id: wanted,
  candidates: loops.map((loop) => ({ name: loop.name, short_id: shortIdOf(loop) })),
});
