import { definitionError } from "./definition-reader.ts";
import { ForgeError, toForgeError } from "./errors.ts";
import { type VariableValues, withDefaults } from "./message-variables.ts";
import type { QueueRequest } from "./queue.ts";
import type { Sequence } from "./sequence.ts";
import { type Condition, conditionOf, pauseSeconds, type SequenceStep } from "./sequence-step.ts";
import { parseTemplateText, renderTemplateText } from "./template-text.ts";

/** A step with its variables in place, as an item of an agent's queue. */
export type RenderedStep =
  | { readonly type: "message"; readonly payload: { text: string } }
  | { readonly type: "pause"; readonly payload: { duration_seconds: number; reason?: string } }
  | { readonly type: "conditional"; readonly payload: Condition & { message: string } };

/**
 * The items that a sequence puts into an agent's queue. Throws `missing required variable "<name>"` and
 * `render sequence "<name>" step <n>: ...`.
 */
export function renderSequence({ name, steps, variables }: Sequence, given: VariableValues): RenderedStep[] {
  const values = withDefaults(variables, given);
  return steps.map((step, index) => {
    try {
      return renderStep(step, (text) => renderTemplateText(parseTemplateText(text), values));
    } catch (thrown) {
      throw definitionError(
        `render sequence ${JSON.stringify(name)} step ${index + 1}: ${toForgeError(thrown).message}`,
      );
    }
  });
}

function renderStep(step: SequenceStep, render: (text: string) => string): RenderedStep {
  switch (step.type) {
    case "message":
      return { type: "message", payload: { text: render(step.content) } };
    case "pause": {
      const reason = step.reason ? { reason: step.reason } : {};
      return { type: "pause", payload: { duration_seconds: pauseSeconds(step), ...reason } };
    }
    case "conditional":
      return { type: "conditional", payload: { ...conditionOf(step), message: render(step.content) } };
    default:
      return step.type satisfies never;
  }
}

/**
 * The same for the queue of a loop (spec/20 section 10), which knows no conditions. Throws as `renderSequence`, and
 * `sequence step type "<type>" not supported for loops`.
 */
export const renderLoopSequence = (sequence: Sequence, given: VariableValues): QueueRequest[] =>
  renderSequence(sequence, given).map((step) => {
    switch (step.type) {
      case "message":
        return { type: "message_append", payload: step.payload };
      case "pause":
        return step;
      case "conditional":
        throw new ForgeError("unknown", `sequence step type "${step.type}" not supported for loops`);
      default:
        return step satisfies never;
    }
  });
