import { SEQUENCES, TEMPLATES } from "../config/definition-kinds.ts";
import { findDefinition } from "../config/definitions.ts";
import { parseVariables, type VariableValues } from "../core/message-variables.ts";
import type { QueueRequest } from "../core/queue.ts";
import { renderLoopSequence } from "../core/render-sequence.ts";
import { renderTemplate } from "../core/template.ts";
import { isBlank } from "../core/validation.ts";
import { definitionFolders } from "./definition-folders.ts";
import type { Invocation } from "./invocation.ts";

type Caller = Pick<Invocation, "config" | "world" | "out">;

/** The text of a template for a loop; undefined when nothing is left of it. Throws `template "<name>" not found`. */
export async function templateMessage(
  caller: Caller,
  name: string,
  variables: readonly string[],
): Promise<string | undefined> {
  const { value } = await findDefinition(TEMPLATES, definitionFolders(caller, TEMPLATES), name);
  const text = renderTemplate(value, looseVariables(variables));
  return isBlank(text) ? undefined : text;
}

/** The steps of a sequence for a loop. Throws `sequence "<name>" not found`. */
export async function sequenceSteps(
  caller: Caller,
  name: string,
  variables: readonly string[],
): Promise<QueueRequest[]> {
  const { value } = await findDefinition(SEQUENCES, definitionFolders(caller, SEQUENCES), name);
  return renderLoopSequence(value, looseVariables(variables));
}

/** `forge msg` passes over words without a sign of equality. */
const looseVariables = (words: readonly string[]): VariableValues =>
  parseVariables(words.filter((word) => word.includes("=")));
