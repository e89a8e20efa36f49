import { TEMPLATES } from "../../config/definition-kinds.ts";
import { type Found, findDefinition, listDefinitions } from "../../config/definitions.ts";
import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { parseVariables } from "../../core/message-variables.ts";
import { renderTemplate, type Template, templateJson } from "../../core/template.ts";
import { appendAgentItems } from "../../store/agent-queue.ts";
import { currentAgent } from "../current-place.ts";
import { editingVerbs } from "../definition-editing.ts";
import { definitionFolders } from "../definition-folders.ts";
import { definitionHead, hasTag, variablesText } from "../definition-text.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { definitionLsFlags, definitionRunFlags } from "../registry/definitions.ts";
import { openStore } from "../store-access.ts";

type NoFlags = Record<never, never>;

const templateNamed = (invocation: Pick<Invocation, "config" | "world" | "out">, name: string) =>
  findDefinition(TEMPLATES, definitionFolders(invocation, TEMPLATES), name);

export const ls: Run<typeof definitionLsFlags> = async (invocation) => {
  const { flags, out } = invocation;
  const all = await listDefinitions(TEMPLATES, definitionFolders(invocation, TEMPLATES));
  const shown = all.filter(({ value }) => hasTag(value, flags.tags));
  if (out.isJson) return out.jsonList(shown.map(({ value, source }) => templateJson(value, source)));
  if (shown.length === 0) return out.line("No templates found");
  const rows = shown.map(({ value: { name, description, tags }, origin }) =>
    [name, description, origin, tags.join(",")].map(printable),
  );
  out.write(table(["NAME", "DESCRIPTION", "SOURCE", "TAGS"], rows));
};

export const show: Run<NoFlags> = async (invocation) => {
  const {
    args: [name = ""],
    out,
  } = invocation;
  const found = await templateNamed(invocation, name);
  if (out.isJson) out.json(templateJson(found.value, found.source));
  else out.write(templateText(found));
};

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
    world,
    out,
  } = invocation;
  const { value: template } = await templateNamed(invocation, word);
  const text = renderTemplate(template, parseVariables(flags.var));
  const db = openStore(invocation, "read");
  const { agent, label } = currentAgent(invocation, db, flags.agent);
  const [itemId = ""] = appendAgentItems(db, agent.id, [{ type: "message", payload: { text } }], world.now());
  out.done(
    `Queued template ${JSON.stringify(printable(template.name))} for agent ${label} (item ${itemId.slice(0, 8)})`,
    { template: template.name, agent_id: agent.id, item_id: itemId },
  );
};
