import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { topic } from "../../src/mail/rules/target.ts";
import { readAgent } from "../../src/mail/store/agents.ts";
import { listAllBoxes } from "../../src/mail/store/boxes.ts";
import { newestMessages } from "../../src/mail/store/page.ts";
import { MailService } from "../../src/supervisor/mail/mail-service.ts";
import { relayName, relayPeers } from "../../src/supervisor/mail/relay.ts";
import { TemporaryStore } from "../mail/temporary-store.ts";
import { waitFor } from "../support/wait-for.ts";
import { WireClient } from "./support/wire-client.ts";

let stores: TemporaryStore[];
let services: MailService[];
const warnings: string[] = [];
beforeEach(() => {
  stores = [];
  services = [];
  warnings.length = 0;
});
afterEach(() => {
  for (const service of services) service[Symbol.dispose]();
  for (const store of stores) store[Symbol.dispose]();
});

const socketOf = (store: TemporaryStore) => join(store.folder, "forged.sock");

function host(): TemporaryStore {
  const store = new TemporaryStore();
  mkdirSync(store.folder);
  store.put("project.json", '{"id":"proj-1","created":"2026-01-10T15:30:00Z"}');
  stores.push(store);
  return store;
}

/** Serves a store, and takes over the mail of others. */
async function serve(store: TemporaryStore, ...peers: TemporaryStore[]): Promise<MailService> {
  const service = new MailService({
    repositories: () => [store.root],
    now: Date.now,
    random: Math.random,
    warn: (text) => warnings.push(text),
    relay: {
      peers: peers.map((peer) => `unix://${socketOf(peer)}`),
      dialTimeout: 1000,
      reconnectInterval: 20,
      token: "",
    },
  });
  services.push(service);
  await service.look();
  return service;
}

const bodiesOf = async ({ store }: TemporaryStore) =>
  (await newestMessages(store, { targets: listAllBoxes(store), limit: Number.POSITIVE_INFINITY })).map(
    ({ message }) => message.body,
  );

const untilHolds = (store: TemporaryStore, count: number) =>
  waitFor(async () => (await bodiesOf(store)).length >= count, { what: `${count} messages` });

test("50 section 11: takes over history and what comes, to the byte, under the same ids, and tells its watchers", async () => {
  const [here, there] = [host(), host()];
  const id = await there.send("task", "before", { from: "bob", host: "far", tags: ["t"] });
  await there.send("@eve", "direct");
  await serve(there);
  await serve(here, there);
  await untilHolds(here, 2);
  expect(here.text(`topics/task/${id}.json`)).toBe(there.text(`topics/task/${id}.json`));
  expect(await readAgent(here.store, "bob")).toMatchObject({ host: "far" });
  using watcher = await WireClient.connect(
    { unix: socketOf(here) },
    { cmd: "watch", agent: "w", topic: "task", since: id },
  );
  await watcher.answers(1);
  await there.send("task", "after");
  expect(await watcher.bodies(1)).toEqual(["after"]);
  expect(warnings).toEqual([]);
});

test("chains pass messages on, and circles end", async () => {
  const [a, b, c] = [host(), host(), host()];
  await serve(a, b, c);
  await serve(b, a);
  await serve(c, b);
  await a.send("task", "from a");
  await untilHolds(c, 1);
  await c.send("task", "from c");
  await untilHolds(b, 2);
  await Bun.sleep(50);
  for (const store of [a, b, c]) expect((await bodiesOf(store)).toSorted()).toEqual(["from a", "from c"]);
});

test("goes on after a restart where it was, with an overlap; what was late comes too", async () => {
  const [here, there] = [host(), host()];
  const second = (at: number) =>
    new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const id = `${second(Date.now())}-0005`;
  there.putMessage("topics/task", id, { body: "first" });
  await serve(there);
  const service = await serve(here, there);
  await untilHolds(here, 1);
  service[Symbol.dispose]();
  there.putMessage("topics/task", `${second(Date.now() - 300_000)}-0001`, { body: "late" });
  there.putMessage("topics/task", "20010101-000000-0001", { body: "long past" });
  await serve(here, there);
  await untilHolds(here, 2);
  await there.send("task", "end");
  await untilHolds(here, 3);
  expect((await bodiesOf(here)).toSorted()).toEqual(["end", "first", "late"]);
});

test("a message whose id another one has gets the next free number, once", async () => {
  const [here, there] = [host(), host()];
  here.putMessage("topics/task", "20260110-153000-0001", { body: "ours" });
  there.putMessage("topics/task", "20260110-153000-0001", { body: "theirs" });
  await serve(there);
  const service = await serve(here, there);
  await untilHolds(here, 2);
  service[Symbol.dispose]();
  rmSync(join(here.folder, ".relay"), { recursive: true });
  await serve(here, there);
  await there.send("task", "end");
  await untilHolds(here, 3);
  const page = await newestMessages(here.store, { targets: [topic("task")], limit: 9 });
  expect(page.map(({ message: { id, body } }) => [id, body]).slice(0, 2)).toEqual([
    ["20260110-153000-0001", "ours"],
    ["20260110-153000-0002", "theirs"],
  ]);
});

test("comes back to a peer that was away, and tells what a peer refuses once", async () => {
  const [here, there] = [host(), host()];
  await serve(here, there);
  await there.send("task", "x");
  const service = await serve(there);
  await untilHolds(here, 1);
  service[Symbol.dispose]();
  there.put("project.json", '{"id":"proj-2","created":"2026-01-10T15:30:00Z"}');
  await serve(there);
  await waitFor(() => warnings.length > 0, { what: "the refusal" });
  await Bun.sleep(100);
  expect(warnings).toEqual([
    `mail: relay from unix://${socketOf(there)} for ${here.root}: project id mismatch`,
  ]);
});

test("peers: blank ones and doubles are dropped, and those that are no address", () => {
  const refused: string[] = [];
  const peers = relayPeers([" a:1", "", "a:1", "tcp://b:2", "unix:///s", "c"], (peer) => refused.push(peer));
  expect(peers).toEqual([
    { kind: "tcp", hostname: "a", port: 1 },
    { kind: "tcp", hostname: "b", port: 2 },
    { kind: "unix", path: "/s" },
  ]);
  expect(refused).toEqual(["c"]);
});

test.each([
  ["My.Host_1", "relay-my-host-1"],
  ["-x-", "relay-x"],
  ["\u00e9", "relay"],
])("%s relays as %s", (name, agent) => expect(relayName(name)).toBe(agent));
