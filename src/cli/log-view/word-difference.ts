/** The part of `line` that lies between what it has in common with `other` at its start and at its end. */
export function differingMiddle(
  line: string,
  other: string,
  /** Characters at the start of both that are not looked at. */
  skip: number,
): { start: number; end: number } {
  const shorter = Math.min(line.length, other.length);
  let start = skip;
  while (start < shorter && line[start] === other[start]) start++;
  if (splitsPair(line, start) || splitsPair(other, start)) start--;
  let tail = 0;
  while (tail < shorter - start && line.at(-1 - tail) === other.at(-1 - tail)) tail++;
  if (splitsPair(line, line.length - tail) || splitsPair(other, other.length - tail)) tail--;
  return { start, end: line.length - tail };
}

/** Whether a cut at `at` would part the two halves of a character beyond U+FFFF. */
const splitsPair = (text: string, at: number): boolean =>
  isBetween(text.charCodeAt(at - 1), 0xd800, 0xdbff) && isBetween(text.charCodeAt(at), 0xdc00, 0xdfff);

const isBetween = (code: number, low: number, high: number): boolean => code >= low && code <= high;
