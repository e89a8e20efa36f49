import { adapterFor } from "../../src/harness/adapters/adapters.ts";
import {
  type DecidedOutcome,
  decideOutcome,
  type OwnAction,
  type ProcessEnd,
} from "../../src/harness/outcome/decide-outcome.ts";
import type { RunSigns } from "../../src/harness/run-signs.ts";
import { StreamReader } from "../../src/harness/stream-reader.ts";
import { decodeShellStatus } from "../../src/process/exit-status.ts";

/** 2026-11-24 12:00 UTC. */
export const NOON = Date.UTC(2026, 10, 24, 12);

export interface Recorded {
  readonly harness: string;
  readonly output: string | Uint8Array;
  /** The shell's `$?`; 0 when left out. */
  readonly exit?: number;
  readonly end?: ProcessEnd;
  readonly ownAction?: OwnAction;
  readonly rateLimitedExit?: number;
  readonly hostZone?: string;
  /** Bytes that are handed over at once; all when left out. */
  readonly blockBytes?: number;
}

export function read({ harness, output, blockBytes }: Recorded): RunSigns {
  const reader = new StreamReader(adapterFor(harness));
  const bytes = typeof output === "string" ? Buffer.from(output) : output;
  const step = blockBytes ?? Math.max(1, bytes.length);
  for (let at = 0; at < bytes.length; at += step) reader.push(bytes.subarray(at, at + step));
  return reader.end();
}

export function decide(run: Recorded): DecidedOutcome {
  return decideOutcome({
    adapter: adapterFor(run.harness),
    signs: read(run),
    end: run.end ?? shellEnd(run.exit ?? 0),
    ownAction: run.ownAction,
    now: NOON,
    hostZone: () => run.hostZone ?? "UTC",
    profileId: "profile-1",
    rateLimitedExit: run.rateLimitedExit,
  });
}

const shellEnd = (raw: number): ProcessEnd => ({ kind: "exited", status: decodeShellStatus(raw), raw });

export const jsonLines = (...lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join("");
