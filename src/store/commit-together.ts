import type { Milliseconds } from "../core/duration.ts";
import type { Db } from "./database.ts";
import { inTransactionAsync } from "./transaction.ts";

/** Where commits have company, each waits so long for more of it: a page that several change is written once. */
const COMPANY_MS: Milliseconds = 4;
/** Callers in a commit, in the mean of the last ones, from which on that pays. */
const COMPANY = 1.2;

interface Request {
  readonly body: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (thrown: unknown) => void;
  /** When waiting for the lock has taken too long, by the ticks of `performance`. */
  readonly giveUpAt: number;
}

const groups = new WeakMap<Db, CommitGroup>();

/**
 * As `inTransactionAsync`, but what is asked for within one turn of the event loop, or 4 ms among many, is committed at once: side by side, loops
 * change the same pages, which are then written only once. Each body is whole for itself: one that throws is undone alone.
 * The answer comes after the commit. A body must be able to run again, as it does after a full disk.
 */
export function commitTogether<T>(
  db: Db,
  body: () => T,
  { deadlineMs }: { deadlineMs: Milliseconds },
): Promise<T> {
  const group = groups.get(db) ?? new CommitGroup(db);
  groups.set(db, group);
  return group.add(body, deadlineMs);
}

class CommitGroup {
  #waiting: Request[] = [];
  #meanCallers = 1;

  constructor(private readonly db: Db) {}

  add<T>(body: () => T, deadlineMs: Milliseconds): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push({
      body,
      // Called with what this body returned.
      resolve: resolve as (value: unknown) => void,
      reject,
      giveUpAt: performance.now() + deadlineMs,
    });
    if (this.#waiting.length === 1) this.#plan();
    return promise;
  }

  #plan(): void {
    const commit = () => void this.#commit();
    if (this.#meanCallers > COMPANY) setTimeout(commit, COMPANY_MS);
    else setImmediate(commit);
  }

  async #commit(): Promise<void> {
    let requests: readonly Request[] = [];
    let answers: readonly (() => void)[] = [];
    const giveUpAt = Math.min(...this.#waiting.map((request) => request.giveUpAt));
    try {
      await inTransactionAsync(
        this.db,
        () => {
          // Those that came while the lock was waited for are among them.
          requests = this.#waiting;
          this.#meanCallers += (requests.length - this.#meanCallers) / 5;
          this.#waiting = [];
          answers = requests.map((request) => answerOf(this.db, request, requests.length === 1));
        },
        { deadlineMs: giveUpAt - performance.now() },
      );
    } catch (thrown) {
      this.#fail(requests, thrown);
      return;
    }
    for (const answer of answers) answer();
  }

  #fail(requests: readonly Request[], thrown: unknown): void {
    if (requests.length > 0) {
      for (const { reject } of requests) reject(thrown);
      return;
    }
    // There was no lock; whoever came later waits on. Where nobody's time is over it is no matter of waiting, as with a
    // database that is closed: to ask again at once would only keep the thread busy.
    const now = performance.now();
    const isLate = ({ giveUpAt }: Request) => giveUpAt <= now;
    const given = this.#waiting;
    this.#waiting = given.some(isLate) ? given.filter((request) => !isLate(request)) : [];
    for (const request of given) if (!this.#waiting.includes(request)) request.reject(thrown);
    if (this.#waiting.length > 0) this.#plan();
  }
}

/** Runs one body; how its caller is to be answered once all is committed. Throws what undoes the whole transaction. */
function answerOf(db: Db, { body, resolve, reject }: Request, isAlone: boolean): () => void {
  if (isAlone) {
    const value = body();
    return () => resolve(value);
  }
  db.query("SAVEPOINT request").run();
  try {
    const value = body();
    db.query("RELEASE request").run();
    return () => resolve(value);
  } catch (thrown) {
    // A full disk makes SQLite undo everything by itself.
    if (!db.inTransaction) throw thrown;
    db.query("ROLLBACK TO request").run();
    db.query("RELEASE request").run();
    return () => reject(thrown);
  }
}
