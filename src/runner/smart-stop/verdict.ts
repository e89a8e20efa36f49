import { isJsonObject, jsonOrText } from "../../core/json.ts";

export type Verdict = "stop" | "continue";

const VERDICTS: Readonly<Record<string, Verdict>> = { "0": "stop", "1": "continue" };

/**
 * The verdict in what a judge printed (spec/10 section 9.2): the first word of its final answer, else a last line that is
 * nothing but the verdict. Undefined when there is neither.
 */
export function verdictOf(output: string): Verdict | undefined {
  const answer = finalAnswer(output).trim();
  const [firstWord = ""] = answer.split(/\s+/, 1);
  const lastLine = answer.slice(answer.lastIndexOf("\n") + 1).trim();
  return VERDICTS[firstWord] ?? VERDICTS[lastLine];
}

/** The result that a machine-readable stream ends with, as claude's does; else the output itself. */
function finalAnswer(output: string): string {
  const result = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map(jsonOrText)
    .findLast((value) => isJsonObject(value) && value.type === "result" && typeof value.result === "string");
  return isJsonObject(result) && typeof result.result === "string" ? result.result : output;
}
