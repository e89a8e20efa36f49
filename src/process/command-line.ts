import { readFileSync } from "node:fs";

/** The words that a process was started with; empty when it is gone or may not be looked at. */
export function commandLine(pid: number): string[] {
  return process.platform === "darwin" ? shownByPs(pid) : fromProc(pid);
}

function fromProc(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  } catch {
    return [];
  }
}

/** `ps` does not show where words with spaces end; good enough to look for words that have none. */
function shownByPs(pid: number): string[] {
  const { stdout } = Bun.spawnSync(["ps", "-ww", "-o", "command=", "-p", String(pid)]);
  return stdout.toString().trim().split(/\s+/).filter(Boolean);
}
