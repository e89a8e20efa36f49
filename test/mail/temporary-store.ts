import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseTarget } from "../../src/mail/rules/target.ts";
import { type Draft, sendMessage } from "../../src/mail/store/send-message.ts";
import { openStore, type Store } from "../../src/mail/store/store.ts";
import { foreignMessage } from "./foreign-message.ts";

/** A project with a mail store of its own, gone when disposed of. */
export class TemporaryStore implements Disposable {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "fmail-test-")));
  readonly folder = join(this.root, ".fmail");
  readonly warnings: string[] = [];
  now: () => number = Date.now;
  readonly store: Store = openStore({
    folder: this.folder,
    now: () => this.now(),
    random: Math.random,
    host: "vm",
    warn: (line) => this.warnings.push(line),
  });

  /** Sends as `alice` unless the draft says otherwise and gives the id. */
  async send(to: string, body = "hi", draft: Partial<Draft> = {}): Promise<string> {
    const { message } = await sendMessage(this.store, { from: "alice", to: parseTarget(to), body, ...draft });
    return message.id;
  }

  /** Puts a file of another writer into the store. */
  put(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Puts a message of another writer into the store: `topics/task/<id>.json`. */
  putMessage(box: string, id: string, fields?: Record<string, unknown>): void {
    this.put(...foreignMessage(box, id, fields));
  }

  text(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** All files of the store but its own bookkeeping, relative, sorted. */
  files(): string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1))
      .filter((path) => !path.startsWith(".last-id") && !path.startsWith(".recent/"))
      .sort();
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
