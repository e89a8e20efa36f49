import type { QuantitativeStop, StreamMode } from "../../core/stop-config.ts";
import { isBlank } from "../../core/validation.ts";
import type { StopCommandResult } from "./stop-command.ts";

/** Why a result does not match a rule, in the words of the log (spec/10 section 9.1); undefined when it does. */
export async function mismatch(
  rule: QuantitativeStop,
  { exitCode, stdout, stderr }: StopCommandResult,
): Promise<string | undefined> {
  if (rule.exitCodes.length > 0 && rule.exitCodes.includes(exitCode) === rule.exitInvert)
    return `exit_code=${exitCode} not matched`;
  if (!hasContent(rule.stdoutMode, stdout)) return `stdout_mode=${rule.stdoutMode} not matched`;
  if (!hasContent(rule.stderrMode, stderr)) return `stderr_mode=${rule.stderrMode} not matched`;
  return (
    (await patternMismatch("stdout_regex", rule.stdoutRegex, stdout)) ??
    (await patternMismatch("stderr_regex", rule.stderrRegex, stderr))
  );
}

const hasContent = (mode: StreamMode, text: string): boolean =>
  mode === "any" || (mode === "empty") === isBlank(text);

async function patternMismatch(
  name: string,
  pattern: string | undefined,
  text: string,
): Promise<string | undefined> {
  if (pattern === undefined) return undefined;
  // Large and rarely needed.
  const { RE2JS } = await import("re2js");
  try {
    return RE2JS.compile(pattern).matcher(text).find() ? undefined : `${name} not matched`;
  } catch (thrown) {
    return `invalid ${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}
