import { printable } from "../console/printable.ts";

/** Blocks of an explanation with a blank line between them; empty ones are left out. */
export const blocks = (texts: readonly string[]): string => texts.filter((text) => text !== "").join("\n");

/** A title with a line for each text below it; nothing without any. */
export const bullets = (title: string, texts: readonly string[]): string =>
  texts.length === 0 ? "" : `${title}\n${texts.map((text) => `  - ${printable(text)}\n`).join("")}`;

/** Commands that can be pasted, numbered. */
export function suggestionsBlock(suggestions: readonly string[]): string {
  if (suggestions.length === 0) return "";
  const lines = suggestions.map((command, index) => `  ${index + 1}. ${printable(command)}\n`);
  return `Suggestions:\n${lines.join("")}`;
}
