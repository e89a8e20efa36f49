import { invalid, toForgeError } from "../../core/errors.ts";
import { agentName, topicName } from "./names.ts";

/** Where a message goes and lies: a topic, or the box of one agent. */
export interface Target {
  readonly kind: "topic" | "agent";
  /** Without `@`. */
  readonly name: string;
}

export const topic = (name: string): Target => ({ kind: "topic", name });
export const agent = (name: string): Target => ({ kind: "agent", name });

/** As it stands in a message and on the command line: `task`, `@bob`. */
export const targetText = ({ kind, name }: Target): string => (kind === "agent" ? `@${name}` : name);

export const sameTarget = (a: Target, b: Target): boolean => a.kind === b.kind && a.name === b.name;

/** Reads `topic` or `@agent`. Throws `invalid target "<text>": <reason>`. */
export function parseTarget(text: string): Target {
  const typed = text.trim();
  try {
    if (typed === "") throw invalid("invalid target");
    return typed.startsWith("@") ? agent(agentName(typed.slice(1))) : topic(topicName(typed));
  } catch (thrown) {
    throw invalid(`invalid target ${JSON.stringify(text)}: ${toForgeError(thrown).message}`);
  }
}
