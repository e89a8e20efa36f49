/** A set of characters as code point ranges, both ends included. */
type Ranges = readonly (readonly [from: number, to: number])[];

/** One step of a pattern: a character of a set, or any run of such characters. */
interface Step {
  readonly characters: Ranges;
  readonly repeats: boolean;
}

const LAST_CODE_POINT = 0x10ffff;
const SLASH = 0x2f;
const ANY: Ranges = [[0, LAST_CODE_POINT]];
const NO_SLASH: Ranges = [
  [0, SLASH - 1],
  [SLASH + 1, LAST_CODE_POINT],
];

/** A path or pattern in the form in which it is stored and compared: slashes, trimmed, without a leading `./`. */
export const normalizedPattern = (text: string): string =>
  text
    .replaceAll("\\", "/")
    .trim()
    .replace(/^(\.\/+)+(?=.)/, "");

/** Whether a pattern names exactly one path. */
export const isPlainPath = (pattern: string): boolean => !/[*?[]/.test(pattern);

/**
 * Whether some path belongs to both patterns (spec/30 section 10). A pattern is a glob: `*` is any run without `/`, `?` one
 * character but `/`, `[...]` one of a class, `**` any run. Its own text belongs to it as well, because brackets also stand
 * in names of files.
 */
export function patternsOverlap(a: string, b: string): boolean {
  if (a === b) return true;
  const [globA, globB] = [globSteps(a), globSteps(b)];
  return meet(globA, globB) || meet(globA, textSteps(b)) || meet(textSteps(a), globB);
}

/** Whether a path belongs to a pattern. */
export const patternTakes = (pattern: string, path: string): boolean =>
  pattern === path || meet(globSteps(pattern), textSteps(path));

const textSteps = (text: string): Step[] => [...text].map((character) => one(character));

const one = (character: string): Step => {
  const code = character.codePointAt(0) ?? 0;
  return { characters: [[code, code]], repeats: false };
};

const TOKENS = /\*\*+|\*|\?|\[([!^]?)(\]?[^\]]*)\]|[\s\S]/gu;

function globSteps(pattern: string): Step[] {
  return [...pattern.matchAll(TOKENS)].map(([token, negation, members]) => {
    if (token === "?") return { characters: NO_SLASH, repeats: false };
    if (token === "*") return { characters: NO_SLASH, repeats: true };
    if (token.startsWith("**")) return { characters: ANY, repeats: true };
    if (members === undefined || members === "") return one(token);
    const listed = classRanges(members);
    const characters = negation === "" ? listed : complement(listed);
    return { characters: intersection(characters, NO_SLASH), repeats: false };
  });
}

/** The members of a class, `a-z_`, in order. */
function classRanges(members: string): Ranges {
  const found = [...members.matchAll(/([\s\S])-([\s\S])|[\s\S]/gu)].map(([whole, from = whole, to = whole]) =>
    range(from, to),
  );
  return found.toSorted(([a], [b]) => a - b);
}

const range = (from: string, to: string): [number, number] => [
  from.codePointAt(0) ?? 0,
  to.codePointAt(0) ?? 0,
];

/** All characters but those of ranges that are in order. */
function complement(ranges: Ranges): Ranges {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) gaps.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  return next > LAST_CODE_POINT ? gaps : [...gaps, [next, LAST_CODE_POINT]];
}

const intersection = (a: Ranges, b: Ranges): Ranges =>
  a.flatMap(([fromA, toA]) =>
    b.flatMap(([fromB, toB]): Ranges => {
      const [from, to] = [Math.max(fromA, fromB), Math.min(toA, toB)];
      return from > to ? [] : [[from, to]];
    }),
  );

/**
 * Whether some text fits both: walks the pairs of places that can be reached by reading the same characters on both sides,
 * each pair once, so that no pattern makes it slow.
 */
function meet(a: readonly Step[], b: readonly Step[]): boolean {
  const width = b.length + 1;
  const seen = new Set<number>([0]);
  for (const place of seen) {
    const [atA, atB] = [Math.floor(place / width), place % width];
    const [stepA, stepB] = [a[atA], b[atB]];
    if (stepA === undefined && stepB === undefined) return true;
    // A run may end here.
    if (stepA?.repeats) seen.add(place + width);
    if (stepB?.repeats) seen.add(place + 1);
    if (stepA === undefined || stepB === undefined) continue;
    if (intersection(stepA.characters, stepB.characters).length === 0) continue;
    // Both read one character; a run stays where it is.
    seen.add(place + (stepA.repeats ? 0 : width) + (stepB.repeats ? 0 : 1));
  }
  return false;
}
