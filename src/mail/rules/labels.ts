import { invalid } from "../../core/errors.ts";
import { isName } from "./names.ts";

export const PRIORITIES = ["low", "normal", "high"] as const;
export type Priority = (typeof PRIORITIES)[number];

const MAX_TAG_CHARACTERS = 50;
const MAX_TAGS = 10;

/** Reads a priority in any case; blank is normal. Throws `invalid priority: <text>`. */
export function parsePriority(text: string): Priority {
  const typed = text.trim().toLowerCase();
  const found = PRIORITIES.find((priority) => priority === (typed === "" ? "normal" : typed));
  if (found === undefined) throw invalid(`invalid priority: ${text.trim()}`);
  return found;
}

/**
 * The stored form of tags as they were typed: lower case, blank ones dropped, each once in the order of first mention.
 * Throws the errors of spec/50 section 3.
 */
export function parseTags(texts: readonly string[]): string[] {
  const tags = new Set(texts.map(parseTag).filter((tag) => tag !== ""));
  if (tags.size > MAX_TAGS) throw invalid(`invalid tag: max ${MAX_TAGS} tags`);
  return [...tags];
}

function parseTag(text: string): string {
  const tag = text.trim().toLowerCase();
  if (tag.length > MAX_TAG_CHARACTERS) throw invalid(`invalid tag: exceeds ${MAX_TAG_CHARACTERS} chars`);
  if (tag !== "" && !isName(tag)) throw invalid(`invalid tag: ${tag}`);
  return tag;
}
