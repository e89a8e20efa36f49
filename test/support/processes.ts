import { readdirSync, readFileSync } from "node:fs";
import { waitFor } from "./wait-for.ts";

/** Processes, zombies left out, whose environment mentions the text: what a test started, at any depth and in any session. */
export function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => pid !== process.pid && environment(pid).includes(text));
}

/** Ends all processes whose environment mentions the text, and those that they start meanwhile. */
export async function endProcessesWith(text: string): Promise<void> {
  const noneLeft = () => {
    const found = processesWith(text);
    for (const pid of found) endNow(pid);
    return found.length === 0;
  };
  await waitFor(noneLeft, { what: `processes of ${text} to end` });
}

function environment(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return ""; // ended in between, or not ours
  }
}

function endNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // ended in between
  }
}
