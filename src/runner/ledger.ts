import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Loop } from "../core/loop.ts";
import type { Instant } from "../core/time.ts";
import { type LedgerRecord, ledgerEntry, ledgerHead, runIdLine } from "./ledger-entry.ts";

/** An entry that was written before a crash stands in these last bytes. */
const SEARCHED_BYTES = 64 * 1024;

/**
 * Makes the ledger of a loop where it is missing; its folder too, but never the repository. Throws
 * `open <path>: no such file or directory` when that is gone.
 */
export function ensureLedger(path: string, loop: Pick<Loop, "id" | "name" | "repoPath">, now: Instant): void {
  if (existsSync(path)) return;
  if (!existsSync(loop.repoPath)) throw new Error(`open ${path}: no such file or directory`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  try {
    writeFileSync(path, ledgerHead(loop, now), { flag: "wx", mode: 0o644 });
  } catch (thrown) {
    // Another runner was faster: loops of old data may share a ledger.
    if (!existsSync(path)) throw thrown;
  }
}

/** Appends the entry of a run in one write; a ledger that was deleted meanwhile gets its head again. */
export function appendToLedger(path: string, loop: Loop, record: LedgerRecord, now: Instant): void {
  ensureLedger(path, loop, now);
  appendFileSync(path, ledgerEntry(record, now), { mode: 0o644 });
}

/** Whether the entry of a run is there already; looks at the end of the ledger only. */
export async function isInLedger(path: string, runId: string): Promise<boolean> {
  try {
    await using file = await open(path, "r");
    const { size } = await file.stat();
    const from = Math.max(0, size - SEARCHED_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.subarray(0, bytesRead).includes(runIdLine(runId));
  } catch {
    return false;
  }
}
