import { rmSync } from "node:fs";
import { terminateRun } from "../../process/terminate.ts";
import { isRestorable, restorePart } from "../../store/integrity.ts";
import type { Examination } from "./examine.ts";

/** What `--fix` would do, in words; empty when there is nothing. */
export const mendable = ({ orphans, staleFiles, missing }: Examination): string[] => [
  ...orphans.map((run) => `end the processes of run ${run}`),
  ...staleFiles.map((path) => `remove ${path}`),
  ...missing.filter(isRestorable).map(({ type, name }) => `make ${type} ${name} again`),
];

/** Does it, and tells what was done. */
export async function mend({ db, orphans, staleFiles, missing }: Examination): Promise<string[]> {
  const fixed: string[] = [];
  for (const run of orphans) {
    // Its wrapper is gone: what is left carries the mark.
    if (await terminateRun({ runId: run, leader: undefined }))
      fixed.push(`ended the processes of run ${run}`);
  }
  for (const path of staleFiles) {
    rmSync(path, { force: true });
    fixed.push(`removed ${path}`);
  }
  for (const part of missing.filter(isRestorable)) {
    if (db === undefined) break;
    restorePart(db, part);
    fixed.push(`made ${part.type} ${part.name} again`);
  }
  return fixed;
}
