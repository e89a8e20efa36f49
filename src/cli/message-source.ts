import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ForgeError, invalid, operationFailed } from "../core/errors.ts";
import { systemReason } from "../core/system-error.ts";
import { isBlank } from "../core/validation.ts";
import type { World } from "../core/world.ts";
import { editFile, requiredEditor } from "./editor.ts";

const WAYS = "provide <message>, --file, --stdin, or --editor";
const STANDARD_INPUT = 0;

/** Where the words of a message can come from; one of them. */
export interface MessageSource {
  readonly words: readonly string[];
  readonly file: string | undefined;
  readonly stdin: boolean;
  readonly editor: boolean;
}

/** Throws `message required (...)`, `choose only one message source: ...`, `message is empty (...)`, and why it cannot be read. */
export function readMessage(source: MessageSource, world: World): string {
  const given = [source.words.length > 0, Boolean(source.file), source.stdin, source.editor];
  const count = given.filter(Boolean).length;
  if (count === 0) throw invalid(`message required (${WAYS})`);
  if (count > 1)
    throw new ForgeError(
      "unknown",
      "choose only one message source: <message>, --file, --stdin, or --editor",
    );
  const text = textOf(source, world);
  if (isBlank(text)) throw new ForgeError("unknown", `message is empty (${WAYS})`);
  return text;
}

function textOf({ words, file, stdin, editor }: MessageSource, world: World): string {
  if (file) return withoutLastLineFeed(readText(resolve(world.cwd, file), file));
  if (stdin) return withoutLastLineFeed(readText(STANDARD_INPUT, "standard input"));
  return editor ? withoutLastLineFeed(edited(world)) : words.join(" ");
}

/** What an editor or `echo` has put there. */
const withoutLastLineFeed = (text: string): string => text.replace(/\r?\n$/, "");

function readText(place: string | number, name: string): string {
  try {
    return readFileSync(place, "utf8");
  } catch (thrown) {
    throw operationFailed(`failed to read message from ${name}: ${systemReason(thrown)}`, { cause: thrown });
  }
}

function edited(world: World): string {
  const editor = requiredEditor(world);
  const folder = mkdtempSync(join(world.env.TMPDIR || tmpdir(), "forge-message-"));
  try {
    const path = join(folder, "message.md");
    writeFileSync(path, "", { mode: 0o600 });
    editFile(path, editor, "message", world);
    return readText(path, "the editor");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
