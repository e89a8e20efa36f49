import { invalid } from "./errors.ts";

/** An amount of data in bytes. */
export type Bytes = number;

const UNIT_BYTES: Record<string, Bytes> = {
  "": 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** Reads a size such as `20MB`, `1.5GiB` or `4096`, which is bytes (spec/30 section 21). Throws `invalid size "<text>"`. */
export function parseSize(text: string): Bytes {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim()) ?? [];
  const factor = Object.hasOwn(UNIT_BYTES, unit) ? UNIT_BYTES[unit] : undefined;
  if (number === undefined || factor === undefined)
    throw invalid(`invalid size ${JSON.stringify(text)}`, {
      hint: "Write 20MB, 256MiB or a number of bytes.",
    });
  return Math.round(Number(number) * factor);
}

/** The size in the largest decimal or binary unit that keeps it a whole number: `20MB`, `256MiB`, `4097`. */
export function formatSize(size: Bytes): string {
  const [unit = "", factor = 1] =
    Object.entries(UNIT_BYTES)
      .toSorted(([, a], [, b]) => b - a)
      .find(([, bytes]) => size >= bytes && size % bytes === 0) ?? [];
  return `${size / factor}${unit}`;
}
