import { DefinitionReader, definitionError } from "./definition-reader.ts";
import { ForgeError } from "./errors.ts";
import { omitEmpty } from "./json.ts";
import { type MessageVariable, messageVariableJson, readVariables } from "./message-variables.ts";
import { readStep, type SequenceStep } from "./sequence-step.ts";

/** Several steps for a queue, written once (spec/30 section 8). */
export interface Sequence {
  readonly name: string;
  readonly description: string;
  readonly steps: readonly SequenceStep[];
  readonly variables: readonly MessageVariable[];
  readonly tags: readonly string[];
}

/** Reads the content of a sequence's file. Throws `sequence name is required`, `sequence step <n>: ...` and alike. */
export function readSequence(content: unknown): Sequence {
  const fields = new DefinitionReader(content);
  const name = fields.text("name").trim();
  if (name === "") throw definitionError("sequence name is required");
  const steps = fields.list("steps");
  if (steps.length === 0) throw definitionError("sequence steps are required");
  return {
    name,
    description: fields.text("description").trim(),
    steps: steps.map(numberedStep),
    variables: readVariables("sequence", fields),
    tags: fields.texts("tags"),
  };
}

function numberedStep(fields: DefinitionReader, index: number): SequenceStep {
  try {
    return readStep(fields);
  } catch (thrown) {
    if (!(thrown instanceof ForgeError)) throw thrown;
    throw definitionError(`sequence step ${index + 1}: ${thrown.message}`);
  }
}

/** As it is printed; `source` is the file, or `builtin`. */
export const sequenceJson = (sequence: Sequence, source: string) => ({
  name: sequence.name,
  description: omitEmpty(sequence.description),
  steps: sequence.steps.map(stepJson),
  variables: omitEmpty(sequence.variables.map(messageVariableJson)),
  tags: omitEmpty(sequence.tags),
  source,
});

const stepJson = ({ type, content, duration, when, reason, expression }: SequenceStep) => ({
  type,
  content: omitEmpty(content),
  duration: omitEmpty(duration),
  when: omitEmpty(when),
  reason: omitEmpty(reason),
  expression: omitEmpty(expression),
});
