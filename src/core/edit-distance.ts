/** How far apart two words may be for one to be taken as a slip of the other. */
const MAX_DISTANCE = 2;

/**
 * How many single slips lie between two words: a character added, dropped, replaced, or swapped with its neighbour
 * (optimal string alignment).
 */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swapped =
        from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
          ? at(beforeLast, column - 2) + 1
          : Number.POSITIVE_INFINITY;
      current.push(Math.min(replaced, swapped, at(last, column) + 1, at(current, column - 1) + 1));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;

/**
 * The candidates that someone who typed `word` may have meant, nearest first: at most two slips away (fewer for short
 * words, where everything is near), or beginning with the word. Upper and lower case count as equal.
 */
export function nearNames(word: string, candidates: readonly string[]): string[] {
  const typed = word.toLowerCase();
  if (typed === "") return [];
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, distance: slips(typed, candidate.toLowerCase()) }))
    .filter(
      ({ candidate, distance }) => distance <= allowed(typed) || candidate.toLowerCase().startsWith(typed),
    )
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
}

const allowed = (word: string): number => Math.min(MAX_DISTANCE, Math.floor(word.length / 2));

// Words of very different length cannot be near; not comparing them keeps a pasted novel from costing anything.
const slips = (a: string, b: string): number => {
  const difference = Math.abs(a.length - b.length);
  return difference > MAX_DISTANCE ? difference : editDistance(a, b);
};
