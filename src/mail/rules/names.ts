import { invalid } from "../../core/errors.ts";

const NAME = /^[a-z0-9-]+$/;

/** Whether a text is a topic or agent name in its stored form: lower-case letters, digits and dashes (spec/50 section 3). */
export const isName = (text: string): boolean => NAME.test(text);

/** The stored form of a topic name as someone typed it. Throws `invalid topic name`. */
export const topicName = (text: string): string => storedName(text, "invalid topic name");

/** The stored form of an agent name as someone typed it, without `@`. Throws `invalid agent name`. */
export const agentName = (text: string): string => storedName(text, "invalid agent name");

function storedName(text: string, message: string): string {
  const typed = text.trim();
  // Looked at before it is lower-cased: the Kelvin sign would become an innocent "k".
  if (!/^[A-Za-z0-9-]+$/.test(typed)) throw invalid(message);
  return typed.toLowerCase();
}
