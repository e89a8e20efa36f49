import { SEQUENCES } from "../../config/definition-kinds.ts";
import { type Found, findDefinition, listDefinitions } from "../../config/definitions.ts";
import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { parseVariables } from "../../core/message-variables.ts";
import { renderSequence } from "../../core/render-sequence.ts";
import { type Sequence, sequenceJson } from "../../core/sequence.ts";
import type { SequenceStep } from "../../core/sequence-step.ts";
import { appendAgentItems } from "../../store/agent-queue.ts";
import { currentAgent } from "../current-place.ts";
import { editingVerbs } from "../definition-editing.ts";
import { definitionFolders } from "../definition-folders.ts";
import { definitionHead, hasTag, variablesText } from "../definition-text.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { definitionLsFlags, definitionRunFlags } from "../registry/definitions.ts";
import { openStore } from "../store-access.ts";

type NoFlags = Record<never, never>;

const sequenceNamed = (invocation: Pick<Invocation, "config" | "world" | "out">, name: string) =>
  findDefinition(SEQUENCES, definitionFolders(invocation, SEQUENCES), name);

export const ls: Run<typeof definitionLsFlags> = async (invocation) => {
  const { flags, out } = invocation;
  const all = await listDefinitions(SEQUENCES, definitionFolders(invocation, SEQUENCES));
  const shown = all.filter(({ value }) => hasTag(value, flags.tags));
  if (out.isJson) return out.jsonList(shown.map(({ value, source }) => sequenceJson(value, source)));
  if (shown.length === 0) return out.line("No sequences found");
  const rows = shown.map(({ value: { name, steps, description }, origin }) =>
    [name, String(steps.length), description, origin].map(printable),
  );
  out.write(table(["NAME", "STEPS", "DESCRIPTION", "SOURCE"], rows));
};

export const show: Run<NoFlags> = async (invocation) => {
  const {
    args: [name = ""],
    out,
  } = invocation;
  const found = await sequenceNamed(invocation, name);
  if (out.isJson) out.json(sequenceJson(found.value, found.source));
  else out.write(sequenceText(found));
};

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
    world,
    out,
  } = invocation;
  const { value: sequence } = await sequenceNamed(invocation, word);
  const items = renderSequence(sequence, parseVariables(flags.var));
  const db = openStore(invocation, "read");
  const { agent, label } = currentAgent(invocation, db, flags.agent);
  const itemIds = appendAgentItems(db, agent.id, items, world.now());
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
