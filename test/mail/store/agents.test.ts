import { expect, test } from "bun:test";
import { agentFields } from "../../../src/mail/rules/agent-record.ts";
import { jsonText } from "../../../src/mail/rules/json-text.ts";
import { listAgents, readAgent, registerAgent, setStatus } from "../../../src/mail/store/agents.ts";
import { errorOf } from "../../support/error-of.ts";
import { TemporaryStore } from "../temporary-store.ts";

const AT = Date.UTC(2026, 0, 10, 15, 30, 0, 653);

test("a status is set and removed without touching the rest of the record", async () => {
  using mail = new TemporaryStore();
  mail.now = () => AT;
  mail.put(
    "agents/alice.json",
    '{"name":"alice","first_seen":"2025-01-01T00:00:00.5Z","last_seen":"x","color":"red"}',
  );
  await setStatus(mail.store, "alice", "working on auth");
  expect(mail.text("agents/alice.json")).toBe(`{
  "name": "alice",
  "host": "vm",
  "status": "working on auth",
  "first_seen": "2025-01-01T00:00:00.5Z",
  "last_seen": "2026-01-10T15:30:00.653Z",
  "color": "red"
}`);
  await setStatus(mail.store, "alice", undefined);
  expect((await readAgent(mail.store, "alice"))?.status).toBeUndefined();
});

test("a sender keeps its status, and its first sight", async () => {
  using mail = new TemporaryStore();
  mail.now = () => AT;
  await setStatus(mail.store, "alice", "busy");
  mail.now = () => AT + 1000;
  await mail.send("task");
  expect(await readAgent(mail.store, "alice")).toMatchObject({
    status: "busy",
    firstSeen: "2026-01-10T15:30:00.653Z",
    lastSeen: "2026-01-10T15:30:01.653Z",
  });
});

test("a status survives any number of messages that its agent sends meanwhile", async () => {
  using mail = new TemporaryStore();
  const sending = Array.from({ length: 30 }, (_, index) => mail.send("task", `${index}`));
  await setStatus(mail.store, "alice", "busy");
  await Promise.all([...sending, mail.send("task")]);
  expect((await readAgent(mail.store, "alice"))?.status).toBe("busy");
});

test("a name is registered once", () => {
  using mail = new TemporaryStore();
  registerAgent(mail.store, "alice");
  expect(errorOf(() => registerAgent(mail.store, "alice")).message).toBe(
    "agent name already registered: alice",
  );
});

test("the list is sorted by name and tells of records that cannot be understood", async () => {
  using mail = new TemporaryStore();
  for (const name of ["carol", "alice", "bob"]) registerAgent(mail.store, name);
  mail.put("agents/bob.json", "[]");
  mail.put("agents/Upper.json", "{}");
  mail.put("agents/note.txt", "{}");
  const agents = await listAgents(mail.store);
  expect(agents.map(({ name }) => name)).toEqual(["alice", "carol"]);
  expect(mail.warnings).toEqual([
    "Warning: skipping unreadable agent record agents/bob.json: not a JSON object",
  ]);
});

test("a record without host and status has no such keys", () => {
  const record = { name: "a", firstSeen: "1", lastSeen: "2" };
  expect(jsonText(agentFields(record), 0)).toBe('{"name":"a","first_seen":"1","last_seen":"2"}');
});
