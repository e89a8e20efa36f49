import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { foreignMessage } from "../../mail/foreign-message.ts";
import { Forge, forgeExecutable } from "../../support/forge.ts";
import type { Result, RunOptions } from "../../support/run.ts";

const fmailExecutable = join(dirname(forgeExecutable), "fmail");

/** The compiled `fmail` in a project of its own, called as one agent or another. */
export class MailSandbox extends Forge {
  readonly store = join(this.repo, ".fmail");

  /** Runs `fmail <words>` as an agent. */
  as(agent: string, words: readonly string[], options: Partial<RunOptions> = {}): Promise<Result> {
    return this.fmail(words, { ...options, env: { FMAIL_AGENT: agent, ...options.env } });
  }

  /** As `as`, but the command has to succeed and say nothing on standard error. Returns its standard output. */
  async said(agent: string, ...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.as(agent, words);
    if (code !== 0 || stderr !== "")
      throw new Error(`fmail ${words.join(" ")} ended with ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Sends and gives the id. */
  send = async (agent: string, ...words: string[]): Promise<string> =>
    (await this.said(agent, "send", ...words)).trim();

  /** Starts `fmail <words>` as an agent; it is ended with the sandbox. */
  start(agent: string, words: readonly string[]) {
    return Bun.spawn([fmailExecutable, ...words], {
      cwd: this.repo,
      env: { ...this.env, FMAIL_AGENT: agent },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
  }

  /** Puts a file of another writer into the store. */
  put(path: string, text: string): void {
    mkdirSync(dirname(join(this.store, path)), { recursive: true });
    writeFileSync(join(this.store, path), text);
  }

  /** Puts a message of another writer into the store: `topics/task/<id>.json`. */
  putMessage(box: string, id: string, fields?: Record<string, unknown>): void {
    this.put(...foreignMessage(box, id, fields));
  }

  text(path: string): string {
    return readFileSync(join(this.store, path), "utf8");
  }

  /** All files of the store but its own bookkeeping, relative, sorted; none where there is no store. */
  files(): string[] {
    try {
      return readdirSync(this.store, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(this.store.length + 1))
        .filter((path) => !path.startsWith("."))
        .sort();
    } catch {
      return [];
    }
  }
}

/** A pattern for the ids that our writer gives. */
export const ID = /^\d{8}-\d{6}-\d{4}$/;

/** The lines of an output. */
export const lines = (text: string): string[] => text.split("\n").slice(0, -1);

/** What messages say, one line each, from the text form of a list. */
export const bodies = (text: string): string[] =>
  lines(text).map((line) => line.slice(line.indexOf(": ") + 2));
