import { join } from "node:path";
import { exists, operationFailed } from "../../core/errors.ts";
import { formatTimeMillis, type Instant } from "../../core/time.ts";
import { type AgentRecord, agentFields, decodeAgent } from "../rules/agent-record.ts";
import { jsonText } from "../rules/json-text.ts";
import { isName } from "../rules/names.ts";
import { systemReason } from "../system-error.ts";
import { entriesIn, folderState, makeInnerFolder } from "./folders.ts";
import { withLock } from "./lock.ts";
import { readRegularFile } from "./read-file.ts";
import type { Store } from "./store.ts";
import { createFile, replaceFile } from "./write-file.ts";

const FILE_MODE = 0o644;
/** Older writers do not write records atomically: one that cannot be read may be whole a moment later. */
const RETRIES = 4;
const RETRY_MS = 25;

const folderOf = (store: Store): string => join(store.folder, "agents");
const pathOf = (store: Store, name: string): string => join(folderOf(store), `${name}.json`);

/** All records by name. One that cannot be understood is skipped and told. */
export async function listAgents(store: Store): Promise<AgentRecord[]> {
  if (!folderState(folderOf(store))) return [];
  const names = entriesIn(folderOf(store))
    .map((entry) => entry.name)
    .filter((file) => file.endsWith(".json") && isName(file.slice(0, -".json".length)))
    .map((file) => file.slice(0, -".json".length))
    .sort();
  const records: AgentRecord[] = [];
  for (const name of names) {
    try {
      const record = await readAgent(store, name);
      if (record) records.push(record);
    } catch (thrown) {
      store.skipped("agent record", `agents/${name}.json`, systemReason(thrown));
    }
  }
  return records;
}

/** The record of an agent; undefined when there is none. Throws when its file cannot be understood. */
export async function readAgent(store: Store, name: string): Promise<AgentRecord | undefined> {
  if (!folderState(folderOf(store))) return undefined;
  for (let retriesLeft = RETRIES; ; retriesLeft--) {
    const file = readRegularFile(pathOf(store, name));
    if (file === undefined) return undefined;
    try {
      return decodeAgent(file.text, name);
    } catch (thrown) {
      const isOld = store.now() - file.modifiedAt > RETRIES * RETRY_MS;
      if (isOld || retriesLeft === 0) throw thrown;
      await Bun.sleep(RETRY_MS);
    }
  }
}

/** What changes in a record beside its time; a status of undefined is removed, a host of undefined is this machine. */
type Change = Partial<Pick<AgentRecord, "status" | "host">>;

/**
 * Says that an agent is here, and makes its record if there is none. To be called with the lock held, so that two changes of
 * one record do not undo each other. Throws `update agent registry: ...`.
 */
export async function touchAgent(store: Store, name: string, change: Change = {}): Promise<AgentRecord> {
  try {
    const before = (await readAgent(store, name)) ?? newRecord(store, name, store.now());
    const host = change.host ?? store.host;
    const record = { ...before, lastSeen: formatTimeMillis(store.now()), ...change, host };
    makeInnerFolder(store, folderOf(store), "shared");
    replaceFile(store, pathOf(store, name), textOf(record), FILE_MODE);
    return record;
  } catch (thrown) {
    throw operationFailed(`update agent registry: ${systemReason(thrown)}`, { cause: thrown });
  }
}

/** Sets the status of an agent, or removes it. */
export const setStatus = (store: Store, name: string, status: string | undefined): Promise<AgentRecord> =>
  withLock(store, () => touchAgent(store, name, { status }));

/** Takes a name that nobody has; undefined when it is taken. */
export function tryRegisterAgent(store: Store, name: string): AgentRecord | undefined {
  const record = newRecord(store, name, store.now());
  makeInnerFolder(store, folderOf(store), "shared");
  return createFile(store, pathOf(store, name), textOf(record), FILE_MODE) ? record : undefined;
}

/** As `tryRegisterAgent`, but throws `agent name already registered: <name>`. */
export function registerAgent(store: Store, name: string): AgentRecord {
  const record = tryRegisterAgent(store, name);
  if (record) return record;
  throw exists(`agent name already registered: ${name}`);
}

const newRecord = (store: Store, name: string, now: Instant): AgentRecord => ({
  name,
  host: store.host,
  firstSeen: formatTimeMillis(now),
  lastSeen: formatTimeMillis(now),
});

const textOf = (record: AgentRecord): string => jsonText(agentFields(record));
