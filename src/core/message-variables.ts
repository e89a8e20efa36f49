import { type DefinitionReader, definitionError } from "./definition-reader.ts";
import { invalid } from "./errors.ts";
import { omitEmpty } from "./json.ts";
import { isBlank } from "./validation.ts";

/** A variable that a template or sequence declares. */
export interface MessageVariable {
  readonly name: string;
  readonly description: string;
  /** Used when no value is given; empty for none. */
  readonly default: string;
  readonly required: boolean;
}

export type VariableValues = Readonly<Record<string, string>>;

/** Reads `variables`; `noun` is what declares them. Throws `<noun> variable name is required` and alike. */
export function readVariables(noun: string, fields: DefinitionReader): MessageVariable[] {
  const names = new Set<string>();
  return fields.list("variables").map((variable) => {
    const name = variable.text("name").trim();
    if (name === "") throw definitionError(`${noun} variable name is required`);
    if (names.has(name)) throw definitionError(`duplicate ${noun} variable ${JSON.stringify(name)}`);
    names.add(name);
    return {
      name,
      description: variable.text("description").trim(),
      default: variable.text("default"),
      required: variable.boolean("required"),
    };
  });
}

export const messageVariableJson = (variable: MessageVariable) => ({
  name: variable.name,
  description: omitEmpty(variable.description),
  default: omitEmpty(variable.default),
  required: variable.required,
});

/** The given values with defaults where they are blank. Throws `missing required variable "<name>"`. */
export function withDefaults(variables: readonly MessageVariable[], given: VariableValues): VariableValues {
  const values: Record<string, string> = { ...given };
  for (const { name, default: fallback, required } of variables) {
    if (!isBlank(Object.hasOwn(given, name) ? given[name] : undefined)) continue;
    if (fallback !== "") values[name] = fallback;
    else if (required) throw invalid(`missing required variable ${JSON.stringify(name)}`);
  }
  return values;
}

/** Reads `key=value` words; the value may hold more signs of equality. Throws `invalid variable "<word>" ...`. */
export function parseVariables(words: readonly string[]): VariableValues {
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf("=");
      if (equals < 0) throw invalid(`invalid variable ${JSON.stringify(word)} (expected key=value)`);
      const key = word.slice(0, equals).trim();
      if (key === "") throw invalid(`invalid variable ${JSON.stringify(word)} (empty key)`);
      return [key, word.slice(equals + 1)];
    }),
  );
}
