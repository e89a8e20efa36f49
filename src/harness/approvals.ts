import { shellWords } from "../core/shell-words.ts";

/** Flags by which agent CLIs are told to ask nobody: before they change a file, run a command, or reach the network. */
const ASKS_NOBODY = [
  "--dangerously-skip-permissions",
  "--dangerously-bypass-approvals-and-sandbox",
  "--skip-permissions-unsafe",
  "--dangerously-allow-all",
  "--yolo",
];

/** The flag of a profile's command by which its agent asks nobody; undefined when there is none. */
export const flagThatAsksNobody = (command: string): string | undefined =>
  shellWords(command).find((word) => ASKS_NOBODY.includes(word));
