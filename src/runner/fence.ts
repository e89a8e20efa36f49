const SHORTEST_FENCE = 3;

/** A text as a Markdown code block, with a fence that no line of the text can close. Ends with a line feed. */
export function fenced(text: string): string {
  const fence = "`".repeat(Math.max(SHORTEST_FENCE, longestFenceIn(text) + 1));
  return `${fence}\n${text}\n${fence}\n`;
}

/** The most backticks with which a line starts; below three they are no fence. */
function longestFenceIn(text: string): number {
  let longest = 0;
  for (const [ticks] of text.matchAll(/^`{3,}/gm)) longest = Math.max(longest, ticks.length);
  return longest;
}
