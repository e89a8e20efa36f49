import { type JsonObject, readJsonObject, textField, unknownFields } from "./json-object.ts";
import type { Fields, JsonValue } from "./json-text.ts";

/** Who sent or registered (spec/50 section 5.3). */
export interface AgentRecord {
  readonly name: string;
  readonly host?: string | undefined;
  readonly status?: string | undefined;
  /** RFC 3339, as its writer wrote it. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Fields that this version does not know, kept for whoever does. */
  readonly unknown?: JsonObject | undefined;
}

const KNOWN = new Set(["name", "host", "status", "first_seen", "last_seen"]);

/** The fields in their contractual order, empty ones left out, unknown ones last. */
export function agentFields(record: AgentRecord): Fields {
  const fields = new Map<string, JsonValue>([["name", record.name]]);
  if (record.host) fields.set("host", record.host);
  if (record.status) fields.set("status", record.status);
  fields.set("first_seen", record.firstSeen);
  fields.set("last_seen", record.lastSeen);
  for (const [key, value] of Object.entries(record.unknown ?? {})) fields.set(key, value);
  return fields;
}

/** Reads a record of any writer. Throws an Error whose message says what is wrong with it. */
export function decodeAgent(text: string, name: string): AgentRecord {
  const fields = readJsonObject(text);
  return {
    name: textField(fields, "name") ?? name,
    host: textField(fields, "host"),
    status: textField(fields, "status"),
    firstSeen: textField(fields, "first_seen") ?? "",
    lastSeen: textField(fields, "last_seen") ?? "",
    unknown: unknownFields(fields, KNOWN),
  };
}
