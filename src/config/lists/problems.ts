import { isBlank } from "../../core/validation.ts";
import { type KeyPath, keyPathText, type Problem } from "../problem.ts";

/** What is wrong, in the order in which it is to be told. Whoever asks takes the first and lets the rest unsearched. */
export type Problems = Generator<Problem, void>;

/** A problem with the value at a place, unless the condition holds: `pools[0].name is required`. */
export function* unless(holds: boolean, at: KeyPath, complaint: string, hint?: string): Problems {
  if (!holds) yield { at, message: `${keyPathText(at)} ${complaint}`, hint };
}

export const required = (value: string, at: KeyPath): Problems => unless(!isBlank(value), at, "is required");

/** `name must be unique` for the second of two elements of one name. */
export const uniqueName = (
  name: string,
  before: readonly { readonly name: string }[],
  at: KeyPath,
): Problems => unless(!before.some((other) => other.name === name), at, "must be unique");
