import { type DefinitionReader, definitionError } from "./definition-reader.ts";
import { parseDuration } from "./duration.ts";
import { isOneOf } from "./enum.ts";
import { ForgeError } from "./errors.ts";

const STEP_TYPES = ["message", "pause", "conditional"] as const;
type StepType = (typeof STEP_TYPES)[number];

/** One step of a sequence, as it is written; what does not belong to its type is kept and not used. */
export interface SequenceStep {
  readonly type: StepType;
  readonly content: string;
  /** Go's form, `30s`. */
  readonly duration: string;
  readonly when: string;
  readonly reason: string;
  readonly expression: string;
}

/** Reads a step. Throws what is wrong with it. */
export function readStep(fields: DefinitionReader): SequenceStep {
  const text = (key: string) => fields.text(key).trim();
  const type = text("type");
  if (!isOneOf(STEP_TYPES, type)) throw definitionError(`unknown step type ${JSON.stringify(type)}`);
  const [content, message] = [text("content"), text("message")];
  if (content !== "" && message !== "" && content !== message)
    throw definitionError("content and message disagree");
  const expression = text("expression");
  const step: SequenceStep = {
    type,
    content: content || message,
    duration: text("duration"),
    when: text("when") || (type === "conditional" && expression !== "" ? "custom" : ""),
    reason: text("reason"),
    expression,
  };
  checkStep(step);
  return step;
}

function checkStep(step: SequenceStep): void {
  switch (step.type) {
    case "message":
      if (step.content === "") throw definitionError("message content is required");
      return;
    case "pause":
      pauseSeconds(step);
      return;
    case "conditional":
      if (step.content === "") throw definitionError("conditional message is required");
      if (step.when === "") throw definitionError("conditional when is required");
      conditionOf(step);
      return;
    default:
      step.type satisfies never;
  }
}

/** How long a pause is. Throws `pause duration is required` and alike. */
export function pauseSeconds({ duration }: SequenceStep): number {
  if (duration === "") throw definitionError("pause duration is required");
  const ms = parsedPause(duration);
  if (ms <= 0) throw definitionError("pause duration must be greater than 0");
  if (ms < 1000) throw definitionError("pause duration must be at least 1s");
  return Math.round(ms / 1000);
}

function parsedPause(duration: string): number {
  try {
    return parseDuration(duration);
  } catch (thrown) {
    if (!(thrown instanceof ForgeError)) throw thrown;
    throw definitionError(`invalid pause duration: ${thrown.message}`);
  }
}

/** What a conditional item waits for, in its stored form. */
export interface Condition {
  readonly condition_type: "when_idle" | "after_cooldown" | "after_previous" | "custom";
  readonly expression?: string | undefined;
}

/** Throws `unknown conditional when "<when>"` and `conditional expression is required`. */
export function conditionOf({ when, expression }: SequenceStep): Condition {
  const [, inline] = /^(?:expr|expression):(.*)$/is.exec(when) ?? [];
  if (inline !== undefined) return custom(inline.trim());
  switch (when.toLowerCase().replaceAll("_", "-")) {
    case "idle":
    case "when-idle":
    case "whenidle":
      return { condition_type: "when_idle" };
    case "after-cooldown":
    case "aftercooldown":
    case "cooldown":
    case "cooldown-over":
      return { condition_type: "after_cooldown", expression: expression || undefined };
    case "after-previous":
    case "afterprevious":
      return { condition_type: "after_previous" };
    case "queue-empty":
    case "queueempty":
      return custom("queue_length == 0");
    case "custom":
    case "expression":
    case "expr":
      return custom(expression);
    default:
      throw definitionError(`unknown conditional when ${JSON.stringify(when)}`);
  }
}

function custom(expression: string): Condition {
  if (expression === "") throw definitionError("conditional expression is required");
  return { condition_type: "custom", expression };
}
