import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { RUN_MARK } from "./marked-processes.ts";
import { processTable } from "./process-table.ts";

/** Variables by name, as a child process gets them. */
export type Environment = Readonly<Record<string, string>>;

/**
 * Names that belong to one run and must not reach what Forge starts detached: an agent that calls `forge up` would give
 * its own mark to the new loop, and a kill of the one would end the other (spec/10 section 13).
 */
const RUN_NAMES: readonly string[] = [
  RUN_MARK,
  "FORGE_LOOP_ID",
  "FORGE_LOOP_NAME",
  "FORGE_PROMPT_CONTENT",
  "FMAIL_AGENT",
  "SV_REPO",
  "SV_ACTOR",
];

/**
 * Names by which Bun changes every program that it runs, a compiled one too: become the bun command line, load a file first,
 * wait for a debugger, end all descendants with the parent (test/isolation.test.ts has what the build already stops).
 */
const RUNTIME_NAMES: readonly string[] = [
  "BUN_OPTIONS",
  "BUN_BE_BUN",
  "BUN_INSPECT",
  "BUN_INSPECT_PRELOAD",
  "BUN_INSPECT_CONNECT_TO",
  "BUN_INSPECT_NOTIFY",
  "BUN_FEATURE_FLAG_NO_ORPHANS",
];

type Variables = Readonly<Record<string, string | undefined>>;

/** The variables that have a value. */
export function definedVariables(env: Variables): Environment {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) defined[name] = value;
  return defined;
}

/** An environment without the names of a run and of the runtime, for what is started detached. */
export const detachedEnvironment = (env: Variables): Environment =>
  Object.fromEntries(Object.entries(definedVariables(env)).filter(([name]) => isKept(name)));

const isKept = (name: string): boolean => !RUN_NAMES.includes(name) && !RUNTIME_NAMES.includes(name);

/**
 * Saves the environment that this process was started with, byte for byte and without the names of a run, as NUL-separated
 * entries that only the owner may read (spec/10 section 13.1). Readers see the old file or the new one, never a part.
 */
export function saveEnvironment(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, withoutRunNames(processTable.ownEnvironment()), { mode: 0o600 });
  // The mode above is that of a new file only.
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
}

/** The environment saved at a path; undefined when there is none. */
export function loadEnvironment(path: string): Environment | undefined {
  try {
    return parseEnvironment(readFileSync(path));
  } catch {
    return undefined;
  }
}

/** Reads NUL-separated `NAME=value` entries; bytes that are not UTF-8 become U+FFFD, as in `process.env`. */
function parseEnvironment(bytes: Buffer): Environment {
  const entries = bytes
    .toString()
    .split("\0")
    .map((entry) => ({ entry, at: entry.indexOf("=") }))
    .filter(({ at }) => at > 0);
  return Object.fromEntries(entries.map(({ entry, at }) => [entry.slice(0, at), entry.slice(at + 1)]));
}

function withoutRunNames(bytes: Buffer): Buffer {
  const kept: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const nul = bytes.indexOf(0, start);
    const end = nul < 0 ? bytes.length : nul + 1;
    const entry = bytes.subarray(start, end);
    if (!RUN_NAMES.some((name) => entry.indexOf(`${name}=`) === 0)) kept.push(entry);
    start = end;
  }
  return Buffer.concat(kept);
}
