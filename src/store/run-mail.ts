import type { LoopId, RunId } from "../core/ids.ts";
import { isJsonObject } from "../core/json.ts";
import type { Db } from "./database.ts";

/** The agent mail that stands in a run's prompt: marked as read once its harness has started, kept until the run is concluded. */
export interface RunMail {
  /** The mail store, absolute. */
  readonly folder: string;
  /** Whose mail it is. */
  readonly agent: string;
  readonly readings: readonly RunReading[];
}

/** What of one target (`@bob`, `task`) the prompt shows, and what it leaves for later; ids of messages. */
export interface RunReading {
  readonly target: string;
  readonly read: readonly string[];
  readonly left: readonly string[];
  /** How far its agent had read before. */
  readonly before?: string | undefined;
}

/** Remembers it with the run, in the open transaction: whoever finds the run after a crash knows what its agent was given. */
export function insertRunMail(db: Db, run: { runId: RunId; loopId: LoopId }, mail: RunMail): void {
  const { folder, agent, readings } = mail;
  db.query(
    `INSERT OR REPLACE INTO fx_run_mail (run_id, loop_id, folder, agent, readings_json)
       VALUES ($runId, $loopId, $folder, $agent, $readings)`,
  ).run({ ...run, folder, agent, readings: JSON.stringify(readings) });
}

interface MailRow {
  folder: string;
  agent: string;
  readings_json: string;
}

/** Of a run that is not concluded yet. */
export function findRunMail(db: Db, runId: RunId): RunMail | undefined {
  const row = db
    .query<MailRow, { runId: string }>(
      "SELECT folder, agent, readings_json FROM fx_run_mail WHERE run_id = $runId",
    )
    .get({ runId });
  if (row === null) return undefined;
  const readings: unknown = JSON.parse(row.readings_json);
  return { ...row, readings: Array.isArray(readings) ? readings.filter(isReading) : [] };
}

export const deleteRunMail = (db: Db, runId: RunId): void =>
  void db.query("DELETE FROM fx_run_mail WHERE run_id = $runId").run({ runId });

const isReading = (value: unknown): value is RunReading =>
  isJsonObject(value) &&
  typeof value.target === "string" &&
  isTexts(value.read) &&
  isTexts(value.left) &&
  (value.before === undefined || typeof value.before === "string");

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((text) => typeof text === "string");
