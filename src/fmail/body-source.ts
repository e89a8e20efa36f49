import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { resolve } from "node:path";
import { operationFailed } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { bodyFromBytes, parseBody } from "../mail/rules/body.ts";
import type { JsonValue } from "../mail/rules/json-text.ts";
import { MAX_MESSAGE_BYTES, tooLarge } from "../mail/rules/message.ts";
import { errorCode, systemReason } from "../mail/system-error.ts";
import { UsageError } from "./usage-error.ts";

interface Given {
  /** The argument. */
  readonly message: string | undefined;
  /** `--file`; an empty name is none. */
  readonly file: string | undefined;
}

/** The body of a message: from the file, the argument, or what is piped in (spec/50 section 7.1). */
export function readBody({ message = "", file }: Given, world: World): JsonValue {
  if (file && message.trim() !== "")
    throw new UsageError("provide either a message argument or --file, not both");
  const text = textOf(message, file, world);
  if (text.trim() === "") throw new UsageError("message body is required");
  return parseBody(text);
}

function textOf(message: string, file: string | undefined, world: World): string {
  if (file) return bodyFromBytes(readNamedFile(file, world));
  if (message.trim() !== "") return checkedArgument(message);
  return world.isTerminal(0) ? "" : bodyFromBytes(readLimited(0));
}

function readNamedFile(name: string, world: World): Uint8Array {
  try {
    const file = openSync(resolve(world.cwd, name), "r");
    try {
      return readLimited(file);
    } finally {
      closeSync(file);
    }
  } catch (thrown) {
    if (errorCode(thrown) === undefined) throw thrown;
    throw operationFailed(`read file: ${systemReason(thrown, name)}`, { cause: thrown });
  }
}

const CHUNK = 65_536;
const RETRY_MS = 2;

/** All bytes up to the end; stops with an error as soon as they are more than any message may have. */
function readLimited(file: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let total = 0; ; ) {
    const chunk = new Uint8Array(CHUNK);
    const count = readWaiting(file, chunk);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, count));
    total += count;
    if (total > MAX_MESSAGE_BYTES) throw tooLarge();
  }
}

/** Standard input may be a pipe that does not block, which others wait for too. */
function readWaiting(file: number, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(file, into);
    } catch (thrown) {
      if (errorCode(thrown) !== "EAGAIN") throw thrown;
      Bun.sleepSync(RETRY_MS);
    }
  }
}

/**
 * The runtime has put U+FFFD in the place of bytes that are no UTF-8; where such a character stands, the bytes of the command
 * line tell whether it was typed.
 */
function checkedArgument(message: string): string {
  if (message.includes("\ufffd")) bodyFromBytes(commandLine());
  return message;
}

function commandLine(): Uint8Array {
  try {
    return readFileSync("/proc/self/cmdline");
  } catch {
    return new Uint8Array(); // a system that does not show it
  }
}
