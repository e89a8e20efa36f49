import { TEMPLATES } from "../../config/definition-kinds.ts";
import type { Found } from "../../config/definitions.ts";
import { printable } from "../../console/printable.ts";
import { parseVariables } from "../../core/message-variables.ts";
import { renderTemplate, type Template, templateJson } from "../../core/template.ts";
import { editingVerbs } from "../definition-editing.ts";
import { namedDefinition, readingVerbs } from "../definition-reading.ts";
import { definitionHead, variablesText } from "../definition-text.ts";
import type { Run } from "../invocation.ts";
import { queueForAgent } from "../queue-for-agent.ts";
import type { definitionRunFlags } from "../registry/definitions.ts";

export const { ls, show } = readingVerbs(TEMPLATES, {
  header: ["NAME", "DESCRIPTION", "SOURCE", "TAGS"],
  row: ({ value: { name, description, tags }, origin }) => [name, description, origin, tags.join(",")],
  json: templateJson,
  text: templateText,
});

function templateText({ value, source }: Found<Template>): string {
  const message = value.message
    .trimEnd()
    .split("\n")
    .map((line) => `  ${printable(line)}\n`);
  const head = definitionHead("Template", value, source);
  return `${head}Message:\n${message.join("")}\n${variablesText(value.variables)}`;
}

export const { add, edit, remove } = editingVerbs(TEMPLATES);

export const run: Run<typeof definitionRunFlags> = async (invocation) => {
  const {
    args: [word = ""],
    flags,
    out,
  } = invocation;
  const { value: template } = await namedDefinition(TEMPLATES, invocation, word);
  const text = renderTemplate(template, parseVariables(flags.var));
  const items = [{ type: "message", payload: { text } }];
  const {
    agent,
    label,
    itemIds: [itemId = ""],
  } = queueForAgent(invocation, flags.agent, items);
  out.done(
    `Queued template ${JSON.stringify(printable(template.name))} for agent ${label} (item ${itemId.slice(0, 8)})`,
    { template: template.name, agent_id: agent.id, item_id: itemId },
  );
};
