import { SEQUENCES } from "../../config/definition-kinds.ts";
import type { Found } from "../../config/definitions.ts";
import { printable } from "../../console/printable.ts";
import { parseVariables } from "../../core/message-variables.ts";
import { renderSequence } from "../../core/render-sequence.ts";
import { type Sequence, sequenceJson } from "../../core/sequence.ts";
import type { SequenceStep } from "../../core/sequence-step.ts";
import { editingVerbs } from "../definition-editing.ts";
import { namedDefinition, readingVerbs } from "../definition-reading.ts";
import { definitionHead, variablesText } from "../definition-text.ts";
import type { Run } from "../invocation.ts";
import { queueForAgent } from "../queue-for-agent.ts";
import type { definitionRunFlags } from "../registry/definitions.ts";

export const { ls, show } = readingVerbs(SEQUENCES, {
  header: ["NAME", "STEPS", "DESCRIPTION", "SOURCE"],
  row: ({ value: { name, steps, description }, origin }) => [name, String(steps.length), description, origin],
  json: sequenceJson,
  text: sequenceText,
});

function sequenceText({ value, source }: Found<Sequence>): string {
  const steps = value.steps.map((step, index) => `  ${index + 1}. ${printable(stepLine(step))}\n`);
  const head = definitionHead("Sequence", value, source);
  return `${head}Steps:\n${steps.join("")}\n${variablesText(value.variables)}`;
}

function stepLine(step: SequenceStep): string {
  const expression = step.expression ? ` (expr: ${step.expression})` : "";
  const text = step.type === "pause" ? step.reason : `${step.content}${expression}`;
  return `[${stepLabel(step)}] ${text}`.trimEnd();
}

/** `message`, `pause 30s`, `conditional:idle` */
function stepLabel({ type, duration, when }: SequenceStep): string {
  if (type === "pause") return `pause ${duration}`;
  return type === "conditional" ? `conditional:${when}` : type;
}

export const { add, edit, remove } = editingVerbs(SEQUENCES);

export const run: Run<typeof definitionRunFlags> = async (invocation) => {
  const {
    args: [word = ""],
    flags,
    out,
  } = invocation;
  const { value: sequence } = await namedDefinition(SEQUENCES, invocation, word);
  const items = renderSequence(sequence, parseVariables(flags.var));
  const { agent, label, itemIds } = queueForAgent(invocation, flags.agent, items);
  const lines = sequence.steps.map(
    (step, index) => `  Step ${index + 1}: ${printable(stepLabel(step))} -> queued`,
  );
  const head = `Queued sequence ${JSON.stringify(printable(sequence.name))} (${items.length} steps) for agent ${label}`;
  out.done([head, ...lines].join("\n"), {
    sequence: sequence.name,
    agent_id: agent.id,
    item_ids: itemIds,
  });
};
