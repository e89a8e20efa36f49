import type { AdapterName } from "./adapter.ts";

/** What a command says when its agent is to print events (spec/90). */
const ASKS_FOR_EVENTS: Readonly<Record<Exclude<AdapterName, "generic">, RegExp>> = {
  claude: /--output-format[= ](?:stream-)?json\b/,
  codex: /--(?:experimental-)?json\b/,
  opencode: /--format[= ]json\b/,
  pi: /--mode[= ]json\b/,
  droid: /(?:-o|--output-format)[= ](?:stream-)?json\b/,
};

/** Whether a command has its agent print events; true for programs of which nothing is known. */
export const printsEvents = (adapter: AdapterName, command: string): boolean =>
  adapter === "generic" || ASKS_FOR_EVENTS[adapter].test(command);
