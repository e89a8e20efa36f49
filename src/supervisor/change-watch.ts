import type { Db } from "../store/database.ts";
import { dataVersion } from "../store/database.ts";

/** As the runners' own look at the database; both cost microseconds and touch no table. */
const LOOK_EVERY_MS = 250;

/** Tells when the database was changed, by another process or by this connection. */
export class ChangeWatch implements Disposable {
  readonly #db: Db;
  readonly #onChange: () => void;
  readonly #timer: Timer;
  #seen: string;

  constructor(db: Db, onChange: () => void) {
    this.#db = db;
    this.#onChange = onChange;
    this.#seen = this.#version();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const version = this.#version();
    if (version === this.#seen) return;
    this.#seen = version;
    this.#onChange();
  }

  /** `data_version` knows nothing of the own connection's writes, `total_changes` of no others. */
  #version(): string {
    const own = this.#db.query<{ n: number }, []>("SELECT total_changes() AS n").get()?.n;
    return `${dataVersion(this.#db)} ${own}`;
  }
}
