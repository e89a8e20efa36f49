import { shownShortId } from "./ids.ts";
import type { Loop } from "./loop.ts";

/** What no shell reads as anything but one word, and no command as a flag. */
const PLAIN_WORD = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/** Whether a name can be put into a command that is to be pasted as it is. */
export const isPlainWord = (text: string): boolean => PLAIN_WORD.test(text);

/**
 * How a command that is to be pasted names a loop: by its name, or by its short id where a shell could read the name as
 * something else.
 */
export const pastedName = ({ id, shortId, name }: Pick<Loop, "id" | "shortId" | "name">): string =>
  isPlainWord(name) ? name : shownShortId(shortId, id);

/** A name in a command that is to be pasted, or `<what>` where a shell could read it as something else. */
export const pastedWord = (name: string, what: string): string => (isPlainWord(name) ? name : `<${what}>`);
