import { DefinitionReader, definitionError } from "./definition-reader.ts";
import { toForgeError } from "./errors.ts";
import { omitEmpty } from "./json.ts";
import {
  type MessageVariable,
  messageVariableJson,
  readVariables,
  type VariableValues,
  withDefaults,
} from "./message-variables.ts";
import { parseTemplateText, renderTemplateText } from "./template-text.ts";
import { isBlank } from "./validation.ts";

/** A message that is written once and sent often (spec/30 section 7). */
export interface Template {
  readonly name: string;
  readonly description: string;
  readonly message: string;
  readonly variables: readonly MessageVariable[];
  readonly tags: readonly string[];
}

/** Reads the content of a template's file. Throws `template name is required` and alike. */
export function readTemplate(content: unknown): Template {
  const fields = new DefinitionReader(content);
  const name = fields.text("name").trim();
  if (name === "") throw definitionError("template name is required");
  const message = fields.text("message");
  if (isBlank(message)) throw definitionError("template message is required");
  return {
    name,
    description: fields.text("description").trim(),
    message,
    variables: readVariables("template", fields),
    tags: fields.texts("tags"),
  };
}

/** As it is printed; `source` is the file, or `builtin`. */
export const templateJson = (template: Template, source: string) => ({
  name: template.name,
  description: omitEmpty(template.description),
  message: template.message,
  variables: omitEmpty(template.variables.map(messageVariableJson)),
  tags: omitEmpty(template.tags),
  source,
});

/** The message to send. Throws `missing required variable "<name>"` and `parse template "<name>": ...`. */
export function renderTemplate({ name, message, variables }: Template, given: VariableValues): string {
  const values = withDefaults(variables, given);
  try {
    return renderTemplateText(parseTemplateText(message), values);
  } catch (thrown) {
    throw definitionError(`parse template ${JSON.stringify(name)}: ${toForgeError(thrown).message}`);
  }
}
