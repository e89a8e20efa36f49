import { join } from "node:path";
import type { LoopId } from "../../src/core/ids.ts";
import type { Loop } from "../../src/core/loop.ts";
import type { QueueItem, QueueRequest } from "../../src/core/queue.ts";
import { queueItemDraft } from "../../src/core/queue-payload.ts";
import { closeDatabase, type Db, openDatabase } from "../../src/store/database.ts";
import { enqueue, listQueue } from "../../src/store/loop-queue.ts";
import { createLoop, findLoop, type LoopDraft } from "../../src/store/loops.ts";
import { createProfile, type ProfileDraft } from "../../src/store/profiles.ts";
import { Forge } from "../support/forge.ts";
import { waitFor } from "../support/wait-for.ts";

/** The compiled forge with a database in which a test can put loops, and see what became of them. */
export class VerbsSandbox extends Forge {
  /** Loops are kept in the order in which they were made, whose times are whole seconds. */
  #made = Date.parse("2026-01-01T00:00:00Z");

  /** Does something with the database and closes it again. */
  withDatabase<T>(body: (db: Db) => T): T {
    const db = openDatabase(join(this.dataDir, "forge.db"), { mode: "write" });
    try {
      return body(db);
    } finally {
      closeDatabase(db);
    }
  }

  /** A stopped loop of the repository, unless the draft says otherwise; with a short id that no looked-for word begins. */
  loop(name: string, draft: Partial<LoopDraft> = {}): Loop {
    this.#made += 1000;
    const shortId = `9${String(this.#made / 1000).slice(-7)}`;
    const loop = { name, shortId, repoPath: this.repo, basePromptMsg: "work", ...draft };
    return this.withDatabase((db) => createLoop(db, loop, this.#made));
  }

  /** A profile whose agent is a shell command. */
  profile(name: string, commandTemplate = "true", draft: Partial<ProfileDraft> = {}) {
    const profile = { name, harness: "", commandTemplate, maxConcurrency: 0, ...draft };
    return this.withDatabase((db) => createProfile(db, profile, this.#made));
  }

  queue(id: LoopId, ...requests: QueueRequest[]): QueueItem[] {
    return this.withDatabase((db) => enqueue(db, id, requests.map(queueItemDraft), this.#made));
  }

  /** All items of a loop as `type status`, in order. */
  items(id: LoopId): string[] {
    return this.withDatabase((db) => listQueue(db, id)).map(({ type, status }) => `${type} ${status}`);
  }

  /** The loop as it is now; undefined when it is gone. */
  now(id: LoopId): Loop | undefined {
    return this.withDatabase((db) => findLoop(db, id));
  }

  /** Changes rows behind the back of Forge, as another program or a crash would leave them. */
  sql(text: string, ...values: (string | number | null)[]): void {
    this.withDatabase((db) => db.query(text).run(...values));
  }

  async state(id: LoopId, state: Loop["state"]): Promise<Loop> {
    return waitFor(() => (this.now(id)?.state === state ? this.now(id) : undefined), {
      what: `loop to be ${state}, it is ${this.now(id)?.state}`,
    });
  }

  /** Starts a loop in a process of its own. */
  async start(name: string): Promise<void> {
    await this.must(["resume", name, "--spawn-owner", "local", "--quiet"]);
  }

  /** `forge <words> --json`, which has to succeed, as a value. */
  async json(words: readonly string[]) {
    return JSON.parse(await this.must([...words, "--json"]));
  }
}

export const message = (text: string): QueueRequest => ({ type: "message_append", payload: { text } });
export const stopOrder: QueueRequest = { type: "stop_graceful", payload: { reason: "operator" } };
export const pauseOrder: QueueRequest = { type: "pause", payload: { duration_seconds: 5 } };
