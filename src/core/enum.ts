import { classify, ForgeError } from "./errors.ts";

/** Whether a text is one of the values: exact and case sensitive (spec/40 section 2). */
export const isOneOf = <T extends string>(values: readonly T[], text: string): text is T =>
  values.some((value) => value === text);

/**
 * A parser that throws `message(text)` for anything but one of the values and names them in the hint. The kind comes from
 * the message alone, so that a text like "not found" cannot change the class of the error.
 */
export function enumParser<T extends string>(values: readonly T[], message: (text: string) => string) {
  return (text: string): T => {
    if (isOneOf(values, text)) return text;
    throw new ForgeError(classify(message("")), message(text), { hint: `Valid: ${values.join(", ")}` });
  };
}

/** A reader for stored values that takes what it does not know for the fallback. */
export function enumReader<T extends string>(values: readonly T[], fallback: T) {
  return (text: string | null | undefined): T => {
    const stored = text ?? "";
    return isOneOf(values, stored) ? stored : fallback;
  };
}
