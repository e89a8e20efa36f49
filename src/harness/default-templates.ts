import { DEFAULT_OPENCODE_MODEL, type Harness, type PromptMode } from "../core/profile.ts";

/** How a new profile starts its harness when the user does not say (spec/15 section 1.1): so that what it prints can be read. */
export interface DefaultTemplate {
  /** Undefined for a harness that has no usual command. */
  readonly command: string | undefined;
  readonly promptMode: PromptMode;
}

/** The model is used by opencode only. */
export function defaultTemplate(harness: Harness, model = ""): DefaultTemplate {
  switch (harness) {
    case "pi":
      return { command: 'pi --mode json -p "$FORGE_PROMPT_CONTENT"', promptMode: "env" };
    case "claude":
      return {
        command:
          "claude --dangerously-skip-permissions --verbose --output-format stream-json --include-partial-messages" +
          ' -p "$FORGE_PROMPT_CONTENT"',
        promptMode: "env",
      };
    case "codex":
      return {
        command: "codex exec --json --dangerously-bypass-approvals-and-sandbox -",
        promptMode: "stdin",
      };
    case "opencode":
      return {
        command: `opencode run --format json --model ${model || DEFAULT_OPENCODE_MODEL} "$FORGE_PROMPT_CONTENT"`,
        promptMode: "env",
      };
    case "droid":
      return { command: "droid exec -o stream-json --skip-permissions-unsafe", promptMode: "stdin" };
    case "amp":
      return { command: "amp -x", promptMode: "stdin" };
    case "generic":
      return { command: undefined, promptMode: "stdin" };
    default:
      return harness satisfies never;
  }
}
