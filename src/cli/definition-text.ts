import { printable } from "../console/printable.ts";
import type { MessageVariable } from "../core/message-variables.ts";

/** The end of `template show` and `seq show`. */
export function variablesText(variables: readonly MessageVariable[]): string {
  if (variables.length === 0) return "Variables: (none)\n";
  const lines = variables.map((variable) => {
    const description = variable.description ? `: ${variable.description}` : "";
    const required = variable.required ? " (required)" : "";
    const fallback = variable.default ? ` [default: ${variable.default}]` : "";
    return `- ${printable(`${variable.name}${description}${required}${fallback}`)}\n`;
  });
  return `Variables:\n${lines.join("")}`;
}

/** The beginning of both: `Template: greet`, where it comes from, and what is known about it. */
export function definitionHead(
  title: string,
  { name, description, tags }: { name: string; description: string; tags: readonly string[] },
  source: string,
): string {
  const lines = [
    `${title}: ${name}`,
    `Source: ${source}`,
    ...(description ? [`Description: ${description}`] : []),
    ...(tags.length > 0 ? [`Tags: ${tags.join(",")}`] : []),
  ];
  return `${lines.map(printable).join("\n")}\n\n`;
}

/** Whether one of the tags is asked for, upper and lower case alike; asked for none: any. */
export function hasTag({ tags }: { readonly tags: readonly string[] }, asked: readonly string[]): boolean {
  const wanted = asked.map((tag) => tag.trim().toLowerCase()).filter((tag) => tag !== "");
  return wanted.length === 0 || tags.some((tag) => wanted.includes(tag.toLowerCase()));
}
