import { formatTime, type Instant } from "../core/time.ts";
import type { Db } from "./database.ts";

/** Things that people are told once. */
export type Notice = "agents ask nobody";

/** Remembers that people have been told something; false when that was so already. */
export const rememberNotice = (db: Db, notice: Notice, now: Instant): boolean =>
  db.query("INSERT OR IGNORE INTO fx_notices (name, shown_at) VALUES (?, ?)").run(notice, formatTime(now))
    .changes > 0;
