import { expect, test } from "bun:test";
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogFile } from "../../../src/cli/log-view/log-file.ts";

const buffer = new Uint8Array(1024);

function readOn(file: LogFile, end?: number): string {
  const growth = file.next(buffer, end);
  return growth?.kind === "bytes" ? new TextDecoder().decode(growth.bytes) : (growth?.kind ?? "nothing");
}

test("a rotation while the tail is being shown loses nothing of the old file", () => {
  const folder = mkdtempSync(join(tmpdir(), "forge-log-file-"));
  try {
    const path = join(folder, "a.log");
    writeFileSync(path, "tail\n");
    using file = new LogFile(path);
    file.open();
    const { size } = file.current;
    expect(readOn(file, size)).toBe("tail\n");
    appendFileSync(path, "last of old\n");
    renameSync(path, `${path}.1`);
    writeFileSync(path, "new\n");
    expect(readOn(file, size)).toBe("nothing");
    expect([readOn(file), readOn(file), readOn(file), readOn(file)]).toEqual([
      "last of old\n",
      "restart",
      "new\n",
      "nothing",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
