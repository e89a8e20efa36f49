import { basename, dirname, join } from "node:path";
import { entriesOf } from "./disk-usage.ts";

/** A file of a series that `rotateFile` makes. */
export interface RotatedFile {
  readonly path: string;
  /** 0 for the newest, which is written to: `x`; 1 for `x.1`. */
  readonly age: number;
}

/** Those files of a series that are there, the newest first. */
export function rotatedFiles(path: string): RotatedFile[] {
  const [folder, name] = [dirname(path), basename(path)];
  const series = new RegExp(`^${RegExp.escape(name)}(?:\\.(\\d+))?$`);
  return entriesOf(folder)
    .flatMap((entry) => {
      const found = series.exec(entry.name);
      return found ? [{ path: join(folder, entry.name), age: Number(found[1] ?? 0) }] : [];
    })
    .toSorted((a, b) => a.age - b.age);
}
