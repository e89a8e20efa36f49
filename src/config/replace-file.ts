import { mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { systemErrorCode } from "../core/system-error.ts";

/**
 * Writes a whole file: readers see the old one or the new one, never a part, and a symbolic link stays one. Missing folders
 * are made. Throws what the file system throws.
 */
export function replaceFile(path: string, content: string | Uint8Array, mode: number): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const target = realPath(path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content, { mode });
    renameSync(temporary, target);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (thrown) {
    if (systemErrorCode(thrown) === "ENOENT") return path;
    throw thrown;
  }
}
