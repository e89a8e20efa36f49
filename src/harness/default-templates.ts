import type { Harness, PromptMode } from "../core/profile.ts";

/** How a new profile starts its harness when the user names no command (spec/10 section 7.1). */
export interface DefaultTemplate {
  readonly command: string;
  readonly promptMode: PromptMode;
}

const DEFAULT_OPENCODE_MODEL = "anthropic/claude-opus-4-5";

/** Undefined for a harness that has no usual command. The model is used by opencode only. */
export function defaultTemplate(harness: Harness, model = ""): DefaultTemplate | undefined {
  switch (harness) {
    case "pi":
      return { command: 'pi -p "$FORGE_PROMPT_CONTENT"', promptMode: "env" };
    case "claude":
      return {
        command:
          "claude --dangerously-skip-permissions --verbose --output-format stream-json --include-partial-messages" +
          ' -p "$FORGE_PROMPT_CONTENT"',
        promptMode: "env",
      };
    case "codex":
      return { command: "codex exec --dangerously-bypass-approvals-and-sandbox -", promptMode: "stdin" };
    case "opencode":
      return {
        command: `opencode run --model ${model || DEFAULT_OPENCODE_MODEL} "$FORGE_PROMPT_CONTENT"`,
        promptMode: "env",
      };
    case "droid":
      return { command: "droid exec --skip-permissions-unsafe", promptMode: "stdin" };
    case "amp":
    case "generic":
      return undefined;
    default:
      return harness satisfies never;
  }
}
