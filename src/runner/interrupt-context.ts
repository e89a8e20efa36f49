import { formatTime, type Instant } from "../core/time.ts";
import { isBlank } from "../core/validation.ts";
import { readTail } from "../process/tail.ts";

/** What an agent is told about the run that was interrupted before it (spec/10 section 5.3). */
export async function interruptContext(ledgerPath: string, logPath: string, now: Instant): Promise<string> {
  const [ledger, log] = await Promise.all([readTail(ledgerPath), readTail(logPath)]);
  return `## Interrupt Context\nTimestamp: ${formatTime(now)}\n${tail("Ledger Tail", ledger)}${tail("Log Tail", log)}`;
}

const tail = (title: string, text: string): string =>
  isBlank(text) ? "" : `\n### ${title}\n\n\`\`\`\n${text.trim()}\n\`\`\`\n`;
