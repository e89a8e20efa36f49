import { readSync } from "node:fs";
import type { Output } from "./output.ts";

/** What a destructive command is about to do, as it is told to the person who must agree. */
export interface DestructiveAction {
  verb: "remove" | "destroy" | "terminate" | "delete";
  /** `loop: w-1` or `loops: 3 loops`. */
  resource: string;
  impact: string;
}

/** Asks before something is destroyed (spec/20 section 2.1). False also at the end of standard input. */
export function confirmDestructive(out: Output, { verb, resource, impact }: DestructiveAction): boolean {
  out.prompt(
    [
      "",
      "\u26a0\ufe0f  WARNING: Destructive action",
      `About to ${verb} ${resource}`,
      `Impact: ${impact}`,
      "",
      "This action cannot be undone. Continue? [y/N]: ",
    ].join("\n"),
  );
  const agreed = isYes(readLine());
  if (!agreed) out.note("Cancelled.");
  return agreed;
}

/** Asks a yes-or-no question on standard error; no is the default. */
export function confirm(out: Output, question: string): boolean {
  out.prompt(`${question} [y/N]: `);
  return isYes(readLine());
}

const isYes = (answer: string | undefined): boolean => /^\s*(y|yes)\s*$/i.test(answer ?? "");

/** One line of standard input without its end; undefined when there is none. Reads byte by byte: what follows is left for others. */
export function readLine(): string | undefined {
  const byte = new Uint8Array(1);
  const line: number[] = [];
  while (readByte(byte)) {
    if (byte[0] === 0x0a) return decode(line);
    line.push(byte[0] ?? 0);
  }
  return line.length === 0 ? undefined : decode(line);
}

const decode = (bytes: number[]) => new TextDecoder().decode(Uint8Array.from(bytes));

function readByte(into: Uint8Array): boolean {
  for (;;) {
    try {
      return readSync(0, into) === 1;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "EAGAIN") return false;
      Bun.sleepSync(5);
    }
  }
}
