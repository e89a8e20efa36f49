import { formatTime } from "../core/time.ts";
import { contextBlock, type LoopContext } from "./context-block.ts";
import type { OperatorMessage } from "./queue-plan.ts";

interface PromptParts {
  readonly prompt: string;
  /** Undefined for a session that has it already. */
  readonly context: LoopContext | undefined;
  /** The block of unread agent mail, which begins and ends with a line feed; nothing when it is empty. */
  readonly mail: string;
  readonly messages: readonly OperatorMessage[];
}

/**
 * The text that an agent is given: the prompt, what the loop has stored, what other agents write, what operators say
 * (spec/10 section 6.3).
 */
export function composePrompt({ prompt, context, mail, messages }: PromptParts): string {
  const text = withoutTrailingLineFeeds(prompt) + (context ? contextBlock(context) : "") + mail;
  if (messages.length === 0) return text;
  return withoutTrailingLineFeeds(text) + messages.map(operatorMessage).join("");
}

const operatorMessage = ({ text, at }: OperatorMessage): string =>
  `\n\n## Operator Message (${formatTime(at)})\n\n${text.trim()}`;

const withoutTrailingLineFeeds = (text: string): string => text.replace(/[\r\n]+$/, "");
